import { startSite } from '../kit/site'
import { Shell } from './shell'

startSite({
  base: '/control',
  Shell,
  languages: ['en'],
  routes: {
    '/': () => import('./pages/home'),
    '*': () => import('./pages/nothing-here'),
  },
})
