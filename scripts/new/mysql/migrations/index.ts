export { samples as _001_samples } from './samples'
