/**
 * For answers about the catalog to readers without a token. The gateway then answers from its cache for a second, and for two more while one
 * request fetches the new answer. An administrator's own reads are never old.
 */
export const cacheBriefly = ({
  headers,
  set,
}: {
  headers: Record<string, string | undefined>
  set: { headers: Record<string, string | number | undefined> }
}) => {
  if (headers.authorization === undefined) set.headers['cache-control'] = 'max-age=1, stale-while-revalidate=2'
}
