import { startSite } from '../kit/site'
import { Shell } from './shell'

startSite({
  base: '/control',
  Shell,
  languages: ['en'],
  routes: {
    '/': () => import('./pages/overview'),
    '/services/:name': () => import('./pages/service'),
    '/live': () => import('./pages/live'),
    '/orders/:id': () => import('./pages/story'),
    '/queues': () => import('./pages/queues'),
    '/dead-letters': () => import('./pages/dead-letters'),
    '/drift': () => import('./pages/drift'),
    '/history': () => import('./pages/history'),
    '*': () => import('./pages/nothing-here'),
  },
})
