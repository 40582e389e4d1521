/** How one metric is read; also of each of several. */
export const METRIC_FIELDS = {
  sensor: {
    kind: 'text',
    fallback: 'load',
    about: 'Sensor whose average over the members is kept in the band.',
  },
  from: {
    kind: 'text',
    fallback: 'members',
    about:
      'Whose sensor it is: members, or self or the path of an entity, whose value is the average itself.',
  },
  measures: {
    kind: 'text',
    fallback: 'average',
    oneOf: ['average', 'total'],
    about:
      'What the value of another entity is: what each member has to do, or what all have, as the length of a queue.',
  },
  lower: { kind: 'number', least: 0, inherited: true, about: 'An average below this scales in.' },
  upper: { kind: 'number', least: 0, inherited: true, about: 'An average above this scales out.' },
  target: {
    kind: 'number',
    least: 0,
    fallback: 0,
    about: 'In the place of both: the average that is wanted. 0: none is.',
  },
  tolerance: {
    kind: 'number',
    least: 0,
    fallback: 0.1,
    about: 'By which share of the target the average may be off before anything is done.',
  },
  steps: {
    kind: 'json',
    about:
      'In the place of both: a list of maps with above or below an average, and add, remove (a number, or a percentage such as 50%) or set.',
  },
  staleAfter: {
    kind: 'duration',
    least: 1,
    fallback: 30_000,
    about: 'An older reading is no longer trusted.',
  },
  coverage: {
    kind: 'number',
    least: 0,
    fallback: 1,
    about:
      'The share of the members that are up whose reading must be trusted; the others are taken to be like those.',
  },
} as const

/** How the count follows from what is read. */
const COUNT_FIELDS = {
  scaleOutAfter: { kind: 'duration', least: 0, fallback: 5_000, about: 'How long it must be too high.' },
  scaleInAfter: { kind: 'duration', least: 0, fallback: 30_000, about: 'How long it must be too low.' },
  stepOut: { kind: 'integer', least: 1, fallback: 1, about: 'Members are added in multiples of this.' },
  stepIn: { kind: 'integer', least: 1, fallback: 1, about: 'Members are taken away in multiples of this.' },
  mostOut: { kind: 'integer', least: 1, inherited: true, about: 'Never more are added at once.' },
  mostIn: { kind: 'integer', least: 1, inherited: true, about: 'Never more are taken away at once.' },
  ratesOut: {
    kind: 'json',
    about: 'How many may be added: a list of maps with a count or percent, and per, the time within which.',
  },
  ratesIn: {
    kind: 'json',
    about:
      'How many may be taken away: a list of maps with a count or percent, and per, the time within which.',
  },
  selectOut: {
    kind: 'text',
    fallback: 'most',
    oneOf: ['most', 'least'],
    about: 'Which of several rates holds when members are added: that which allows the most, or the least.',
  },
  selectIn: {
    kind: 'text',
    fallback: 'most',
    oneOf: ['most', 'least'],
    about:
      'Which of several rates holds when members are taken away: that which allows the most, or the least.',
  },
  cooldown: { kind: 'duration', least: 0, fallback: 10_000, about: 'Rest after a change of the count.' },
  warmUp: {
    kind: 'duration',
    least: 0,
    fallback: 0,
    about: 'What a member tells counts when it has been up for so long.',
  },
  pause: {
    kind: 'text',
    fallback: 'none',
    oneOf: ['none', 'in', 'out', 'both'],
    about: 'The direction in which nothing is asked for.',
  },
  min: {
    kind: 'integer',
    least: 0,
    inherited: true,
    about: 'Never fewer members; by default those of the role.',
  },
  max: {
    kind: 'integer',
    least: 0,
    inherited: true,
    about: 'Never more members; by default those of the role.',
  },
  highWaterMark: {
    kind: 'integer',
    least: 1,
    inherited: true,
    about: 'As many as there is known to be room for: never more members.',
  },
  schedules: {
    kind: 'json',
    about:
      'Other bounds for a while: a list of maps with cron, for, min, max, and zone and name where wanted.',
  },
  missing: {
    kind: 'text',
    fallback: 'hold',
    oneOf: ['hold', 'only-up'],
    about:
      'While too few are: nothing is done, or members are added where what is known is too much already.',
  },
  fallback: {
    kind: 'integer',
    least: 0,
    fallback: 0,
    about: 'How many there are to be when too few were for long; 0: as many as there are.',
  },
  fallbackAfter: { kind: 'duration', least: 0, fallback: 300_000, about: 'How long that is.' },
} as const

/** Settings of what is read beside one metric, and of what is told. */
const FURTHER_FIELDS = {
  metrics: {
    kind: 'json',
    about:
      'In the place of one sensor several, by name: maps with sensor, from, measures, and what is wanted of each.',
  },
  readings: { kind: 'json', about: 'Values by name for the formula, as in a policy of rules.' },
  formula: {
    kind: 'text',
    fallback: 'none',
    about: 'In the place of a sensor: an expression over readings, count and up that gives the value.',
  },
  hot: {
    kind: 'text',
    fallback: 'none',
    about: 'Sensor that says that there are too few members, and for what.',
  },
  cold: { kind: 'text', fallback: 'none', about: 'Sensor that says that there are too many, and for what.' },
  ok: { kind: 'text', fallback: 'none', about: 'Sensor that says that there are enough.' },
  activity: {
    kind: 'json',
    about:
      'A map with the sensor that tells whether there is anything to do, from, above, and idleAfter, the time without until nobody is left.',
  },
  forecast: {
    kind: 'json',
    about:
      'A map with mode, season, bucket, over, lead and mostError: what is needed is learnt and looked ahead at.',
  },
  noRoomAfter: {
    kind: 'duration',
    least: 0,
    fallback: 30_000,
    about: 'How long members may find no place until as many as have one are enough for now.',
  },
  noRoomRest: {
    kind: 'duration',
    least: 1_000,
    fallback: 300_000,
    about: 'How long until one more is tried then; each time in a row twice as long.',
  },
  excess: {
    kind: 'text',
    fallback: 'none',
    about: 'Sensor that tells how many more members were wanted of late than there may be.',
  },
  excessAfter: {
    kind: 'duration',
    least: 0,
    fallback: 60_000,
    about: 'How long they must have been wanted.',
  },
} as const

/** All settings of an autoscaler. */
export const FIELDS: typeof METRIC_FIELDS & typeof COUNT_FIELDS & typeof FURTHER_FIELDS = {
  ...METRIC_FIELDS,
  ...COUNT_FIELDS,
  ...FURTHER_FIELDS,
}
