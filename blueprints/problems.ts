import type { Fix, Problem, SourcePlace } from '../engine/index.js'

/**
 * Every code that this room gives, with its title. Codes are stable: one is never used for anything else again. Each has
 * a page of its own under docs/errors. 10xx reading, 11xx form, 12xx names and references, 13xx expressions and
 * templates, 14xx counts and order, 15xx files and commands, 16xx policies, 17xx parameters.
 */
export const PROBLEM_TITLES = {
  BP1001: 'The document is too large',
  BP1002: 'The document is nested too deeply',
  BP1003: 'The document has too many aliases',
  BP1004: 'An alias refers to itself or to nothing',
  BP1005: 'A key is given twice',
  BP1006: 'A tab is used for indentation',
  BP1007: 'A character that no document may hold',
  BP1008: 'The document is not UTF-8 text',
  BP1009: 'The document is not YAML',
  BP1010: 'A tag is not known',
  BP1011: 'A merge key does not name a map',
  BP1012: 'A number cannot be kept as it is written',
  BP1013: 'A number with a leading zero',
  BP1014: 'A key is not a text',
  BP1015: 'The document is empty',
  BP1101: 'The dialect is not recognised',
  BP1102: 'A value has the wrong type',
  BP1103: 'A key is not known',
  BP1104: 'A required key is missing',
  BP1105: 'A value is not one of those allowed',
  BP1106: 'A value has the wrong form',
  BP1107: 'A number is out of bounds',
  BP1108: 'A feature is not supported yet',
  BP1109: 'Two spellings of one key',
  BP1201: 'A name is not allowed',
  BP1202: 'Two names are the same',
  BP1203: 'An entity is not known',
  BP1204: 'A sensor is not known',
  BP1205: 'A type is not known',
  BP1206: 'A location is not known',
  BP1207: 'It does not say what it is',
  BP1208: 'A network or a rule is not known',
  BP1209: 'A port is not known',
  BP1210: 'A type has no implementation',
  BP1211: 'A type is defined by itself',
  BP1212: 'No location is named',
  BP1220: 'An item cannot be named so',
  BP1221: 'An item is defined twice',
  BP1222: 'An item is there already',
  BP1223: 'A bundle lacks a file',
  BP1224: 'Documents include each other',
  BP1225: 'A bundle holds too much',
  BP1226: 'An item has the name of a stock type',
  BP1230: 'An initializer cannot be had here',
  BP1231: 'A password cannot be made so',
  BP1232: 'Entities cannot be asked this',
  BP1233: 'A sequence cannot be counted so',
  BP1234: 'Nothing can be added to a single member',
  BP1235: 'It cannot work on the machine of another',
  BP1236: 'Its machine is that of another',
  BP1237: 'It is not known where it is',
  BP1238: 'There is no such policy',
  BP1241: 'A key has no effect here',
  BP1242: 'A test of a condition is not known',
  BP1243: 'A container beside an entity cannot have this',
  BP1250: 'A config key that nothing reads resembles one that is known',
  BP1301: 'An expression cannot be read',
  BP1302: 'A function is not known',
  BP1303: 'A function has wrong arguments',
  BP1304: 'A template cannot be read',
  BP1305: 'A template uses a name that is not known',
  BP1306: 'An expression refers to itself',
  BP1307: 'Entities wait for each other',
  BP1308: 'An expression cannot be used here',
  BP1401: 'Bounds contradict each other',
  BP1402: 'A quorum is larger than the number of members',
  BP1403: 'More instances than the quota allows',
  BP1404: 'Relations go in a circle',
  BP1405: 'A priority contradicts a relation',
  BP1501: 'A path leaves its directory',
  BP1502: 'Two files have one path',
  BP1503: 'A file has more than one source',
  BP1601: 'A kind of policy is not known',
  BP1602: 'The settings of a policy contradict each other',
  BP1603: 'Two policies decide the same',
  BP1604: 'A policy or an enricher does not act yet',
  BP1611: 'A parameter of a policy is not declared',
  BP1612: 'A reading does not fit its sensor',
  BP1613: 'A policy may swing',
  BP1614: 'A window is longer than what is kept',
  BP1615: 'A test of a policy cannot be as it is written',
  BP1616: 'Bounds of a policy cannot be kept',
  BP1701: 'A parameter has no value',
  BP1702: 'A value does not fit its parameter',
  BP1703: 'A parameter is not declared',
  BP1704: 'A secret cannot be kept',
  BP1705: 'A pattern cannot be used',
  BP1706: 'A constraint is not checked',
  BP1707: 'The type of a parameter is not known',
  BP1708: 'An older name of a parameter',
  BP1810: 'A step is not known',
  BP1811: 'A step cannot be read',
  BP1812: 'A step goes on where there is nothing',
  BP1813: 'Two steps have one id',
  BP1814: 'A variable is never set',
  BP1815: 'A step is never reached',
  BP1816: 'An expression of a workflow cannot be read',
  BP1817: 'A transformation is not known',
  BP1818: 'A setting of a workflow cannot be used',
  BP1820: 'A step asks for what an entity cannot be here',
  BP1821: 'An effector of this name is there already',
  BP1823: 'An effector is not known',
  BP1827: 'A config key of a workflow is not known',
} as const

/** A code of this room. */
export type ProblemCode = keyof typeof PROBLEM_TITLES

/** What a problem may say beside code, message and place. */
export interface ProblemExtras {
  readonly severity?: 'error' | 'warning'
  readonly pointer?: string
  readonly hint?: string
  readonly fix?: Fix
  readonly related?: NonNullable<Problem['related']>
}

/** A problem of this room; an error unless it says otherwise. */
export function problem(
  code: ProblemCode,
  message: string,
  place: SourcePlace | undefined,
  extras: ProblemExtras = {},
): Problem {
  const where = place === undefined ? {} : { file: place.file, range: place.range }
  return { kind: 'problem', code, severity: 'error', message, ...where, ...extras }
}
