import { version } from '../../package.json'

/** The studio's version, as runs and exported files name it. */
export const studioVersion: string = version
