import { startSite } from '../kit/site'
import { Shell } from './shell'

startSite({
  base: '/admin',
  Shell,
  languages: ['en'],
  routes: {
    '/': () => import('./pages/home'),
    '/orders': () => import('./pages/orders'),
    '/orders/:id': () => import('./pages/order'),
    '/returns': () => import('./pages/returns'),
    '/products': () => import('./pages/products'),
    '/products/:id': () => import('./pages/product'),
    '/stock': () => import('./pages/stock'),
    '/campaigns': () => import('./pages/campaigns'),
    '/campaigns/:id': () => import('./pages/campaign'),
    '/shipping': () => import('./pages/shipping'),
    '/tax': () => import('./pages/tax'),
    '/reviews': () => import('./pages/reviews'),
    '/users': () => import('./pages/users'),
    '/users/:id': () => import('./pages/user'),
    '/deliveries': () => import('./pages/deliveries'),
    '/deliveries/:id': () => import('./pages/delivery'),
    '/audit': () => import('./pages/audit'),
    '*': () => import('./pages/nothing-here'),
  },
})
