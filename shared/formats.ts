import { FormatRegistry } from '@sinclair/typebox'

/** Numbers in paths and queries are plain decimal text: without this Elysia takes ` `, `0x10` and `1e3` for numbers. */
FormatRegistry.Set('integer', text => /^-?(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text)))
FormatRegistry.Set('numeric', text => /^-?(0|[1-9]\d{0,15})(\.\d{1,15})?$/.test(text))
