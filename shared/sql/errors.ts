/** The error numbers of MySQL and MariaDB. mysql2 names some of them differently for the two servers. */
const duplicateColumn = 1060
const duplicateIndex = 1061
const duplicate = 1062
export const noSuchTable = 1146
export const lockWait = 1205
export const deadlock = 1213
export const errno = (error: unknown): number | undefined =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined
/** Whether a unique key refused the row. */
export const isDuplicate = (error: unknown) => errno(error) === duplicate
export const isThereAlready = (error: unknown) => errno(error) === duplicateColumn || errno(error) === duplicateIndex
