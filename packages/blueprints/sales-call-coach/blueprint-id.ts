export const blueprintId = 'sales-call-coach'
