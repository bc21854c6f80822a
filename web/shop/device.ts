type Names = readonly (readonly [mark: RegExp, name: string])[]

/** Most browsers also call themselves what they are built on, so the more special names come first. */
const browsers: Names = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: Names = [
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPod)\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]
const nameOf = (names: Names, userAgent: string) => names.find(([mark]) => mark.test(userAgent))?.[1]

/** "Firefox · Windows" for what such a browser calls itself; what is no browser keeps its own name. */
export const deviceOf = (userAgent: string): string =>
  [nameOf(browsers, userAgent), nameOf(systems, userAgent)].filter(Boolean).join(' · ') || userAgent
