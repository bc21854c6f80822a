import { startSite } from '../kit/site'
import { Shell } from './shell'

startSite({
  base: '',
  signIn: '/sign-in',
  Shell,
  languages: ['en', 'ko', 'zh', 'vi'],
  routes: {
    '/': () => import('./pages/home'),
    '/sign-in': () => import('./pages/sign-in'),
    '*': () => import('./pages/nothing-here'),
  },
})
