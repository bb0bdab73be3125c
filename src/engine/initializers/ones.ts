import { constant } from './constant'

/** All ones: for scales, which then change nothing at first. */
export const ones = constant('ones', 'Ones', 1)
