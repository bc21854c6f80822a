// The package's entry also loads its push gateway, cluster and default collectors, and with them http, zlib and cluster: 20 ms and
// 3 MB a process for what nothing here uses. These are the four files that are used.
declare module 'prom-client/lib/registry' {
  export { Registry as default } from 'prom-client'
}
declare module 'prom-client/lib/counter' {
  export { Counter as default } from 'prom-client'
}
declare module 'prom-client/lib/gauge' {
  export { Gauge as default } from 'prom-client'
}
declare module 'prom-client/lib/histogram' {
  export { Histogram as default } from 'prom-client'
}
