/**
 * LeCun: variance 1 / fanIn, which keeps the variance of a linear layer's outputs that of its inputs. LeCun,
 * Bottou, Orr and Müller 1998, section 4.6. What SELU's fixed point is derived for.
 */
import { byFanIn, varianceScaling } from './variance-scaling'

export const [lecunUniform, lecunNormal] = varianceScaling('lecun', 'LeCun', 1, byFanIn)
