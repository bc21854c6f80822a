import { startSite } from '../kit/site'
import { Shell } from './shell'

startSite({
  base: '/admin',
  Shell,
  languages: ['en'],
  routes: {
    '/': () => import('./pages/home'),
    '*': () => import('./pages/nothing-here'),
  },
})
