export { favourites as _001_favourites } from './favourites'
export { watches as _002_watches } from './watches'
