/** Groups of words that several rules share, as alternatives in the pattern language of phrases.ts. */
export const PEOPLE =
  'partner|boss|wife|husband|board|owner|owners|director|directors|manager|accountant|team|brother|sister|finance|cfo|ceo|committee|colleague|colleagues|bookkeeper|staff|management|investors|headquarters|office|lawyer|procurement|purchasing'
export const TOOL =
  'system|tool|software|app|provider|supplier|platform|spreadsheet|spreadsheets|diary|paper|calendar|process|setup|product|solution|vendor|company|program'
export const NUMBER =
  'two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|years|decades|ages|2|3|4|5|6|10|12|15|20|30'
export const PERIOD =
  'months|weeks|spring|summer|autumn|fall|winter|quarter|year|january|february|march|april|june|july|august|september|october|november|december|easter|christmas'
