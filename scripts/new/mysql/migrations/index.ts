export { favourites as _001_favourites } from './favourites'
