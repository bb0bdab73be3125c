/**
 * He (Kaiming): variance 2 / fanIn, which makes up for ReLU's zeroing of half of its inputs. He, Zhang, Ren
 * and Sun 2015, equation 10.
 */
import { byFanIn, varianceScaling } from './variance-scaling'

export const [heUniform, heNormal] = varianceScaling('he', 'He', 2, byFanIn)
