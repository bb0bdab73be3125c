import { expect, it } from 'vitest'
import { childEnvironment } from './environment'

it('keeps folders and language, and nothing that steers or unlocks', () => {
  const kept = childEnvironment({
    PATH: '/bin',
    Path: 'C:\\bin',
    LC_ALL: 'de_DE.UTF-8',
    HOME: '/home/ada',
    NODE_OPTIONS: '--require /tmp/x.js',
    ELECTRON_RUN_AS_NODE: '1',
    HTTPS_PROXY: 'http://proxy',
    API_TOKEN: 'secret',
    TZ: undefined
  })
  expect(kept).toEqual({ PATH: '/bin', Path: 'C:\\bin', LC_ALL: 'de_DE.UTF-8', HOME: '/home/ada' })
})
