import { useQuery } from '../../kit/query'
import type { CategoryBranch, CategoryTree } from '../types'

const namesOf = ({ name, children }: CategoryBranch): string[] => [name, ...children.flatMap(namesOf)]

/** The names of all categories, from the top of the tree. */
export const useCategories = (): readonly string[] => useQuery<CategoryTree>('/api/categories').data?.items.flatMap(namesOf) ?? []
