export { integerRows, type IntegerRows } from './integer-rows.ts'
