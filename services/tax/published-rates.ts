import { standardClass, type TaxClass } from '#shared/tax-class'
import { euRates } from './published-rates-eu'

/** Rates in percent by class. A class that is not named is taxed at the standard rate. */
export type ClassRates = Partial<Record<TaxClass, number>> & { standard: number }

interface Published {
  source: string
  valid_from: string
  valid_to?: string
  /** By country or country-region. */
  rates: Record<string, ClassRates | Omit<ClassRates, 'standard'>>
}

/** Groceries are food that is cooked and eaten at home; where a state leaves them to its counties, its own part alone counts. */
const groceriesTaxedAt = (standard: number, food: number): ClassRates => ({ standard, ...(food !== standard && { food, baby: food }) })

/**
 * Rates for 2026. `source` names the publication to check a rate against: this list was not compared with the publications line by line, so do that
 * before real customers are charged. A class is taxed at the standard rate, which never charges too little, where it was
 * not certain that one rate holds for all of it:
 * - food in BG, DK, EE, HR, HU, LT, LV and VN, which tax some foods less and most at the standard rate;
 * - bottled water wherever `water` is not named; medicine in DE, DK, GB, SE, IE's other forms than oral, US (without a prescription);
 * - newspapers in SK, GR's and HR's periodicals; books in DK, where a zero rate was announced for 2026, and in JP;
 * - baby goods other than food; a shop that sells nappies or formula at another rate adds one.
 * Where a rate holds for most of a class only (basic foods in ES, IT, PT, SK; prescribed medicine in FR; raw food in KR and CN), that of most is used.
 * An administrator corrects a rate by `PATCH`, or by a newer one of the same place and class.
 */
const published: readonly Published[] = [
  { source: 'European Commission, Taxes in Europe Database, 2026-01-01', valid_from: '2026-01-01', rates: euRates },
  {
    source: 'Swedish Tax Agency: VAT on food before the cut of 2026-04-01',
    valid_from: '2026-01-01',
    valid_to: '2026-04-01',
    rates: { SE: { food: 12, water: 12, baby: 12 } },
  },
  {
    source: 'Swedish Tax Agency: VAT on food from 2026-04-01 to 2027-12-31 (bill 2025/26:55)',
    valid_from: '2026-04-01',
    valid_to: '2028-01-01',
    rates: { SE: { food: 6, water: 6, baby: 6 } },
  },
  {
    source: 'Swedish Tax Agency: VAT on food after the cut that ends on 2027-12-31',
    valid_from: '2028-01-01',
    rates: { SE: { food: 12, water: 12, baby: 12 } },
  },
  {
    source: 'HM Revenue & Customs: VAT rates on different goods and services, 2026-01-01',
    valid_from: '2026-01-01',
    rates: { GB: { standard: 20, reduced: 5, books: 0, newspapers: 0, food: 0, baby: 0 } },
  },
  {
    source: 'Resolution 204/2025/QH15: 8 % from 2025-07-01 to 2026-12-31 for goods of the 10 % group',
    valid_from: '2025-07-01',
    valid_to: '2027-01-01',
    rates: { VN: { standard: 8 } },
  },
  { source: 'Law on Value-Added Tax No. 48/2024/QH15, 2025-07-01', valid_from: '2027-01-01', rates: { VN: { standard: 10 } } },
  {
    source: 'Law on Value-Added Tax No. 48/2024/QH15, 2025-07-01',
    valid_from: '2025-07-01',
    rates: { VN: { reduced: 5, books: 5, newspapers: 0, medicine: 5 } },
  },
  {
    source: 'National Tax Service of Korea: Value-Added Tax Act, articles 26 and 30, 2026-01-01',
    valid_from: '2026-01-01',
    rates: { KR: { standard: 10, books: 0, newspapers: 0, food: 0, baby: 0 } },
  },
  {
    source: 'State Taxation Administration of China: Value-Added Tax Law, article 10, 2026-01-01',
    valid_from: '2026-01-01',
    rates: { CN: { standard: 13, reduced: 9, books: 9, newspapers: 9, food: 9 } },
  },
  {
    source: 'National Tax Agency of Japan: consumption tax and its reduced rate, 2019-10-01',
    valid_from: '2019-10-01',
    rates: { JP: { standard: 10, reduced: 8, newspapers: 8, food: 8, water: 8, baby: 8 } },
  },
  {
    source: 'Federation of Tax Administrators: state sales tax rates, 2026-01-01 (local taxes come on top and are not included)',
    valid_from: '2026-01-01',
    rates: {
      'US-AK': groceriesTaxedAt(0, 0),
      'US-AL': groceriesTaxedAt(4, 2),
      'US-AR': groceriesTaxedAt(6.5, 0),
      'US-AZ': groceriesTaxedAt(5.6, 0),
      'US-CA': groceriesTaxedAt(7.25, 0),
      'US-CO': groceriesTaxedAt(2.9, 0),
      'US-CT': groceriesTaxedAt(6.35, 0),
      'US-DC': groceriesTaxedAt(6, 0),
      'US-DE': groceriesTaxedAt(0, 0),
      'US-FL': groceriesTaxedAt(6, 0),
      'US-GA': groceriesTaxedAt(4, 0),
      'US-HI': groceriesTaxedAt(4, 4),
      'US-IA': groceriesTaxedAt(6, 0),
      'US-ID': groceriesTaxedAt(6, 6),
      'US-IL': groceriesTaxedAt(6.25, 0),
      'US-IN': groceriesTaxedAt(7, 0),
      'US-KS': groceriesTaxedAt(6.5, 0),
      'US-KY': groceriesTaxedAt(6, 0),
      'US-LA': groceriesTaxedAt(5, 0),
      'US-MA': groceriesTaxedAt(6.25, 0),
      'US-MD': groceriesTaxedAt(6, 0),
      'US-ME': groceriesTaxedAt(5.5, 0),
      'US-MI': groceriesTaxedAt(6, 0),
      'US-MN': groceriesTaxedAt(6.875, 0),
      'US-MO': groceriesTaxedAt(4.225, 1.225),
      'US-MS': groceriesTaxedAt(7, 5),
      'US-MT': groceriesTaxedAt(0, 0),
      'US-NC': groceriesTaxedAt(4.75, 0),
      'US-ND': groceriesTaxedAt(5, 0),
      'US-NE': groceriesTaxedAt(5.5, 0),
      'US-NH': groceriesTaxedAt(0, 0),
      'US-NJ': groceriesTaxedAt(6.625, 0),
      'US-NM': groceriesTaxedAt(4.875, 0),
      'US-NV': groceriesTaxedAt(6.85, 0),
      'US-NY': groceriesTaxedAt(4, 0),
      'US-OH': groceriesTaxedAt(5.75, 0),
      'US-OK': groceriesTaxedAt(4.5, 0),
      'US-OR': groceriesTaxedAt(0, 0),
      'US-PA': groceriesTaxedAt(6, 0),
      'US-RI': groceriesTaxedAt(7, 0),
      'US-SC': groceriesTaxedAt(6, 0),
      'US-SD': groceriesTaxedAt(4.2, 4.2),
      'US-TN': groceriesTaxedAt(7, 4),
      'US-TX': groceriesTaxedAt(6.25, 0),
      'US-UT': groceriesTaxedAt(6.1, 3),
      'US-VA': groceriesTaxedAt(5.3, 1),
      'US-VT': groceriesTaxedAt(6, 0),
      'US-WA': groceriesTaxedAt(6.5, 0),
      'US-WI': groceriesTaxedAt(5, 0),
      'US-WV': groceriesTaxedAt(6, 0),
      'US-WY': groceriesTaxedAt(4, 0),
    },
  },
]

const ppm = (percent: number) => Math.round(percent * 10_000)

/** Rows of the `rates` table. A state without a sales tax has a row too, with a rate of 0. */
export const publishedRates = () =>
  published.flatMap(({ source, valid_from, valid_to = null, rates }) =>
    Object.entries(rates).flatMap(([place, percents]) => {
      const [country = '', region = ''] = place.split('-')
      return Object.entries(percents).flatMap(([category, percent]) =>
        percent === undefined ? [] : [{ country, region, category, rate_ppm: ppm(percent), valid_from, valid_to, source }],
      )
    }),
  )

/** Seeded by an earlier release with the rate that holds again from 2027 on. */
export const mistakenRate = {
  country: 'VN',
  category: standardClass,
  valid_from: '2025-07-01',
  rate_ppm: ppm(10),
  source: 'Law on Value-Added Tax No. 48/2024/QH15',
}
