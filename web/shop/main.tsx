import { startSite } from '../kit/site'
import { productOf } from './cart'
import { Shell } from './shell'
import { words } from './words'

// Pages that are opened one after another come in one file: a file for each would be a third more to load in all.
const catalog = () => import('./pages/catalog')
const buying = () => import('./pages/buying')
const personal = () => import('./pages/personal')

startSite({
  base: '',
  signIn: '/sign-in',
  Shell,
  explanations: {
    problem: code => words.value.problem(code),
    fault: ({ path, code }) => productOf(path) ?? words.value.fault(code ?? path.split('/').at(-1) ?? ''),
  },
  languages: ['en', 'ko', 'zh', 'vi'],
  routes: {
    '/': async () => ({ default: (await catalog()).Home }),
    '/search': async () => ({ default: (await catalog()).Search }),
    '/products/:id': async () => ({ default: (await catalog()).ProductPage }),
    '/lists/:token': async () => ({ default: (await catalog()).SharedList }),
    '/cart': async () => ({ default: (await buying()).CartPage }),
    '/checkout': async () => ({ default: (await buying()).Checkout }),
    '/orders': async () => ({ default: (await buying()).Orders }),
    '/orders/:id': async () => ({ default: (await buying()).OrderPage }),
    '/track/:number': async () => ({ default: (await buying()).Track }),
    '/wishlist': async () => ({ default: (await personal()).Wishlist }),
    '/messages': async () => ({ default: (await personal()).Messages }),
    '/account': async () => ({ default: (await personal()).Account }),
    '/register': async () => ({ default: (await personal()).RegisterPage }),
    '/sign-in': async () => ({ default: (await personal()).SignInPage }),
    '/verify-email': async () => ({ default: (await personal()).VerifyEmail }),
    '/reset-password': async () => ({ default: (await personal()).ResetPassword }),
    '*': async () => ({ default: (await catalog()).NothingHere }),
  },
})
