import { join } from 'node:path'
import { root } from '../install'
import { postmanFiles, written } from './collection'

/** Writes postman/ from the requests that are described beside this file. */
for (const [name, content] of Object.entries(postmanFiles)) await Bun.write(join(root, 'postman', name), written(content))
