/** The error numbers of MySQL and MariaDB. mysql2 names some of them differently for the two servers. */
const duplicateColumn = 1060
const duplicateIndex = 1061
const duplicate = 1062
export const noSuchTable = 1146
export const lockWait = 1205
export const deadlock = 1213
export const errno = (error: unknown): number | undefined =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined

const deferred = Symbol('the error of a deferred statement')
/** Marks the error of a deferred statement. It reaches the caller of the statement that was sent with it, which did not cause it. */
export const markDeferred = (error: unknown) => (error instanceof Error ? Object.assign(error, { [deferred]: true }) : error)

/** Whether a unique key refused the row that the caller inserted, and not a deferred row that was sent with it. */
export const isDuplicate = (error: unknown) => errno(error) === duplicate && !isDeferred(error)
/** Whether a unique key refused a deferred row. */
export const isDeferredDuplicate = (error: unknown) => errno(error) === duplicate && isDeferred(error)
const isDeferred = (error: unknown) => error instanceof Error && deferred in error

export const isThereAlready = (error: unknown) => errno(error) === duplicateColumn || errno(error) === duplicateIndex
