/** The code of the error that `work` throws, or `nothing`. */
export const codeOf = (work: () => unknown) => {
  try {
    work()
    return 'nothing'
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}
