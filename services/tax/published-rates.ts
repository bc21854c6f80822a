/** Rates in percent, as the tax authorities publish them, and the day from which they are valid here. */
interface Published {
  source: string
  valid_from: string
  /** By country or country-region: the standard rate, and the reduced rate for books and food where there is one. */
  rates: Record<string, readonly [standard: number, reduced?: number]>
}

const published: readonly Published[] = [
  {
    source: 'European Commission, Taxes in Europe Database: VAT rates applied in the member states',
    valid_from: '2026-01-01',
    rates: {
      AT: [20, 10],
      BE: [21, 6],
      BG: [20, 9],
      CY: [19, 5],
      CZ: [21, 12],
      DE: [19, 7],
      DK: [25],
      EE: [24, 9],
      ES: [21, 10],
      FI: [25.5, 13.5],
      FR: [20, 5.5],
      GR: [24, 13],
      HR: [25, 5],
      HU: [27, 5],
      IE: [23, 9],
      IT: [22, 10],
      LT: [21, 5],
      LU: [17, 3],
      LV: [21, 5],
      MT: [18, 5],
      NL: [21, 9],
      PL: [23, 5],
      PT: [23, 6],
      RO: [21, 11],
      SE: [25, 6],
      SI: [22, 9.5],
      SK: [23, 5],
    },
  },
  { source: 'HM Revenue & Customs: VAT rates', valid_from: '2026-01-01', rates: { GB: [20, 5] } },
  { source: 'Law on Value-Added Tax No. 48/2024/QH15', valid_from: '2025-07-01', rates: { VN: [10, 5] } },
  { source: 'National Tax Service of Korea: Value-Added Tax Act, article 30', valid_from: '2026-01-01', rates: { KR: [10] } },
  { source: 'State Taxation Administration of China: Value-Added Tax Law', valid_from: '2026-01-01', rates: { CN: [13, 9] } },
  { source: 'National Tax Agency of Japan: consumption tax', valid_from: '2019-10-01', rates: { JP: [10, 8] } },
  {
    source: 'Federation of Tax Administrators: state sales tax rates (local taxes come on top and are not included)',
    valid_from: '2026-01-01',
    rates: {
      'US-AK': [0],
      'US-AL': [4],
      'US-AR': [6.5],
      'US-AZ': [5.6],
      'US-CA': [7.25],
      'US-CO': [2.9],
      'US-CT': [6.35],
      'US-DC': [6],
      'US-DE': [0],
      'US-FL': [6],
      'US-GA': [4],
      'US-HI': [4],
      'US-IA': [6],
      'US-ID': [6],
      'US-IL': [6.25],
      'US-IN': [7],
      'US-KS': [6.5],
      'US-KY': [6],
      'US-LA': [5],
      'US-MA': [6.25],
      'US-MD': [6],
      'US-ME': [5.5],
      'US-MI': [6],
      'US-MN': [6.875],
      'US-MO': [4.225],
      'US-MS': [7],
      'US-MT': [0],
      'US-NC': [4.75],
      'US-ND': [5],
      'US-NE': [5.5],
      'US-NH': [0],
      'US-NJ': [6.625],
      'US-NM': [4.875],
      'US-NV': [6.85],
      'US-NY': [4],
      'US-OH': [5.75],
      'US-OK': [4.5],
      'US-OR': [0],
      'US-PA': [6],
      'US-RI': [7],
      'US-SC': [6],
      'US-SD': [4.2],
      'US-TN': [7],
      'US-TX': [6.25],
      'US-UT': [6.1],
      'US-VA': [5.3],
      'US-VT': [6],
      'US-WA': [6.5],
      'US-WI': [5],
      'US-WV': [6],
      'US-WY': [4],
    },
  },
]

const ppm = (percent: number) => Math.round(percent * 10_000)

/** Rows of the `rates` table. A state without a sales tax has a row too, with a rate of 0. */
export const publishedRates = () =>
  published.flatMap(({ source, valid_from, rates }) =>
    Object.entries(rates).flatMap(([place, percents]) => {
      const [country = '', region = ''] = place.split('-')
      return percents.map((percent, index) => ({
        country,
        region,
        category: index === 0 ? 'standard' : 'reduced',
        rate_ppm: ppm(percent ?? 0),
        valid_from,
        source,
      }))
    }),
  )
