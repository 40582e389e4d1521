import { expect, it } from 'vitest'
import type { Allowance, OwnedResource, ResourceKind, ResourceShape } from '../../engine/index.js'
import { expectKind, refOf, type LocationSubject } from './location-harness.js'

/** Kinds that the suite knows how to ask for. */
const SHAPES: readonly (readonly [ResourceKind, (subject: LocationSubject) => ResourceShape])[] = [
  ['machine', (subject) => subject.harness.machine()],
  ['network', () => ({ kind: 'network' })],
  ['volume', () => ({ kind: 'volume', size: 1_048_576 })],
  ['address', () => ({ kind: 'address' })],
  ['rule', () => ({ kind: 'rule', allow: [HTTP] })],
  ['key', () => ({ kind: 'key', publicKey: 'ssh-ed25519 AAAA somebody' })],
  ['image', () => ({ kind: 'image', source: 'https://images.example/base.qcow2' })],
  ['backends', () => ({ ...SET, members: [] })],
]

const SET = { kind: 'backends', algorithm: 'round-robin', port: 8080, protocol: 'tcp' } as const

const HTTP: Allowance = { direction: 'in', protocol: 'tcp', ports: { from: 80, to: 80 }, peers: [] }

/** What is asked for at level 1; every other kind is a claim. */
const MACHINE = SHAPES.filter(([kind]) => kind === 'machine')

/** What holds for the machines of every place: identity, ownership, absence, order. */
export function resourceContract(subject: () => LocationSubject): void {
  kindContract(subject, MACHINE)

  it('makes one object when two calls with one token run side by side', async () => {
    const s = subject()
    const want = s.want()
    await Promise.all([s.ensureOne(want), s.ensureOne(want)])
    await s.made(want)
    expect(await owned(s, want.token)).toHaveLength(1)
    expect(await s.timesMade(want.token)).toBe(1)
  })

  it('answers a bulk call in the order of the request', async () => {
    const s = subject()
    const wants = Array.from({ length: Math.min(3, s.location.capabilities.bulk) }, () => s.want())
    for (const want of wants) await s.made(want)
    const refs = wants.map((want) => refOf(want)).reverse()
    const states = await s.location.observe(refs, s.options)
    expect(states.map((state) => state?.token)).toEqual(refs.map((ref) => ref.token))
    const found = await s.location.ensure(wants, s.options)
    expect(found.map((answer) => ('resource' in answer ? answer.resource.token : answer))).toEqual(
      wants.map((want) => want.token),
    )
  })

  it('answers an empty call with nothing', async () => {
    const s = subject()
    expect(await s.location.ensure([], s.options)).toEqual([])
    expect(await s.location.observe([], s.options)).toEqual([])
    expect(await s.location.destroy([], s.options)).toEqual([])
  })

  it('lists exactly what carries the mark of the asked engine', async () => {
    const s = subject()
    const other = `${s.engine}x`
    const ours = s.want()
    const theirs = s.want(s.harness.machine(), 1, other)
    await s.made(ours)
    await s.made(theirs)
    const listed = await s.location.listOwned(s.engine, s.options)
    expect(listed.find((one) => one.token === ours.token)).toMatchObject({
      kind: 'machine',
      name: ours.name,
      marks: ours.marks,
    })
    expect(listed.filter((one) => one.marks?.engine !== s.engine)).toEqual([])
    expect((await s.location.listOwned(other, s.options)).map((one) => one.token)).toEqual([theirs.token])
    await s.destroyed(refOf(theirs))
    expect(await s.location.listOwned(other, s.options)).toEqual([])
  })

  it('refuses what is older than what it has already seen for a token', async ({ skip }) => {
    const s = subject()
    skip(s.harness.fencing === false, 'this place keeps no generations')
    const want = s.want(s.harness.machine(), 5)
    const ref = await s.running(want)
    const older = { ...ref, generation: 4 }
    const { stoppable } = s.location.capabilities
    const answers = [
      ...(await s.location.destroy([older], s.options)),
      ...(stoppable ? await s.location.stop([older], { ...s.options, grace: 0 }) : []),
      ...(stoppable ? await s.location.start([older], s.options) : []),
      ...(await s.location.ensure([{ ...want, generation: 4 }], s.options)),
    ]
    for (const answer of answers)
      expect(answer).toMatchObject({ kind: 'refused', failure: { cause: 'stale' } })
    expect((await s.state(ref)).state).toBe('running')
  })

  it('refuses to make anew what a newer command has removed', async ({ skip }) => {
    const s = subject()
    skip(s.harness.fencing === false, 'this place keeps no generations')
    const want = s.want(s.harness.machine(), 5)
    await s.made(want)
    await s.destroyed(refOf(want, 6))
    expect(await s.ensureOne(want)).toMatchObject({ kind: 'refused', failure: { cause: 'stale' } })
    expect(await owned(s, want.token)).toEqual([])
  })

  it('makes at most one object when the wait for it is given up', async () => {
    const s = subject()
    const want = s.want()
    const aborter = new AbortController()
    const call = s.location.ensure([want], { signal: aborter.signal })
    aborter.abort()
    await s.within('an aborted call comes back', call)
    await s.made(want)
    expect(await owned(s, want.token)).toHaveLength(1)
    expect(await s.timesMade(want.token)).toBe(1)
  })

  it('answers a call whose signal was aborted before, one way or the other', async () => {
    const s = subject()
    const want = s.want()
    const options = { signal: AbortSignal.abort() }
    const ensured = await s.within('ensure comes back', s.location.ensure([want], options))
    const answers = ensured.status === 'fulfilled' ? ensured.value : []
    expect(answers.filter(({ kind }) => kind === 'found' || kind === 'conflict')).toEqual([])
    await s.within('observe comes back', s.location.observe([refOf(want)], options))
    await s.within('destroy comes back', s.location.destroy([refOf(want)], options))
  })

  it('says how much fits, and never more than was asked', async () => {
    const s = subject()
    const wants = [s.harness.machine(), s.harness.machine()]
    const answer = await s.location.capacity(wants, s.options)
    expect([0, 1, 2, undefined]).toContain(answer.fits)
  })

  it('passes its own test', async () => {
    const s = subject()
    const lines = await s.location.test(s.options)
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.filter((line) => !line.ok)).toEqual([])
  })
}

/** What holds for every other kind that a place claims, and for how kinds depend on each other. */
export function kindsContract(subject: () => LocationSubject): void {
  kindContract(
    subject,
    SHAPES.filter((shape) => !MACHINE.includes(shape)),
  )

  it('observes resources of every kind in one call, with their marks', async () => {
    const s = subject()
    const kinds = SHAPES.filter(([kind]) => s.location.capabilities.kinds.includes(kind))
    const wants = kinds.map(([, shapeOf]) => s.want(shapeOf(s)))
    for (const want of wants) await s.made(want)
    const missing = s.want(s.harness.machine())
    const refs = [refOf(missing), ...wants.map((want) => refOf(want))]
    const states = await s.eventually('everything is known', async () => {
      const seen = await s.location.observe(refs, s.options)
      return seen.includes(undefined) ? undefined : seen
    })
    expect(states.map((state) => [state?.token, state?.kind, state?.marks])).toEqual([
      [missing.token, 'machine', undefined],
      ...wants.map((want) => [want.token, want.shape.kind, want.marks]),
    ])
    expect(states[0]?.state).toBe('absent')
    for (const state of states.slice(1)) expect(state?.state).not.toBe('absent')
    for (const want of wants) await s.destroyed(refOf(want))
  })

  it('keeps a volume and what is on it while machines come and go', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes('volume'), 'this place has no volumes')
    skip(!s.location.capabilities.software, 'this place runs no software')
    const volume = s.want({ kind: 'volume', size: 1_048_576 })
    await s.made(volume)
    const { volumePath: path = '/data' } = s.harness
    const volumes = [{ token: volume.token, brought: false, path }]
    const first = await s.running(s.want(s.harness.machine({ volumes })))
    const written = await s.ran(first, s.request(`echo kept > ${path}/note`))
    expect(written).toMatchObject({ state: 'exited', exitCode: 0 })
    await s.destroyed(first)
    expect((await s.state(refOf(volume))).state).toBe('running')
    const second = await s.running(s.want(s.harness.machine({ volumes })))
    const request = s.request(`cat ${path}/note`)
    await s.ran(second, request)
    expect(await s.stdout(second, request.token)).toBe('kept\n')
    await s.destroyed(second)
    await s.destroyed(refOf(volume))
  })

  it('gives a machine the address that was made for it, and the next one after it', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes('address'), 'this place has no addresses')
    const want = s.want({ kind: 'address' })
    const { address } = await s.made(want)
    expect(address).toMatch(/^[0-9a-f.:]+$/)
    const shape = s.harness.machine({ addresses: [{ token: want.token, brought: false }] })
    const first = await s.running(s.want(shape))
    expect((await s.state(first)).address).toBe(address)
    const [early] = await s.location.destroy([refOf(want)], s.options)
    expect(early?.kind).not.toBe('done')
    await s.destroyed(first)
    const second = await s.running(s.want(shape))
    expect((await s.state(second)).address).toBe(address)
    await s.destroyed(second)
    await s.destroyed(refOf(want))
  })

  it('gives no two wishes the same address', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes('address'), 'this place has no addresses')
    const wants = Array.from({ length: 5 }, () => s.want({ kind: 'address' }))
    const made = await Promise.all(wants.map((want) => s.made(want)))
    expect(new Set(made.map(({ address }) => address)).size).toBe(5)
    for (const want of wants) await s.destroyed(refOf(want))
  })

  it('changes a rule in place', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes('rule'), 'this place has no rules')
    const want = s.want({ kind: 'rule', allow: [HTTP] })
    const made = await s.made(want)
    const wider = { ...want, generation: 2, marks: { ...want.marks, digest: 'd2' } }
    const changed = await s.made({
      ...wider,
      shape: { kind: 'rule', allow: [HTTP, { ...HTTP, direction: 'out' }] },
    })
    expect([changed.id, changed.marks?.digest]).toEqual([made.id, 'd2'])
    await s.destroyed(refOf(want, 3))
  })

  it('changes the members of a set of back ends in place, and says where it is reached', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes('backends'), 'this place has no sets of back ends')
    const port = { name: 'http', number: 8080, protocol: 'tcp', published: false } as const
    const machine = await s.running(s.want(s.harness.machine({ ports: [port] })))
    const { address = '' } = await s.state(machine)
    const want = s.want({ ...SET, members: [] })
    const made = await s.made(want)
    expect(made).toMatchObject({ state: 'running', ports: { listen: { inside: 8080 } } })
    expect(made.address).toMatch(/^[0-9a-f.:]+$/)
    const member = { machine: machine.token, address, port: 8080 }
    const wider = { ...want, generation: 2, marks: { ...want.marks, digest: 'd2' } }
    const changed = await s.made({ ...wider, shape: { ...SET, members: [member] } })
    expect([changed.id, changed.address, changed.marks?.digest]).toEqual([made.id, made.address, 'd2'])
    const emptied = { ...want, generation: 3, marks: { ...want.marks, digest: 'd3' } }
    expect((await s.made(emptied)).marks?.digest).toBe('d3')
    await s.destroyed({ ...machine, generation: 2 })
    await s.destroyed(refOf(want, 4))
  })

  it('gives a set of back ends the address that was made for it', async ({ skip }) => {
    const s = subject()
    const { kinds } = s.location.capabilities
    skip(!kinds.includes('backends') || !kinds.includes('address'), 'this place has not both')
    const want = s.want({ kind: 'address' })
    const { address } = await s.made(want)
    const set = s.want({ ...SET, members: [], address: { token: want.token, brought: false } })
    expect((await s.made(set)).address).toBe(address)
    const [early] = await s.location.destroy([refOf(want)], s.options)
    expect(early?.kind).not.toBe('done')
    await s.destroyed(refOf(set))
    await s.destroyed(refOf(want))
  })

  it('removes a network only when no machine is on it any more', async ({ skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes('network'), 'this place has no networks')
    const network = s.want({ kind: 'network' })
    await s.made(network)
    const machine = await s.running(
      s.want(s.harness.machine({ networks: [{ token: network.token, brought: false }] })),
    )
    const [early] = await s.location.destroy([refOf(network)], s.options)
    expect(early?.kind).not.toBe('done')
    expect((await s.state(refOf(network))).state).toBe('running')
    await s.destroyed(machine)
    await s.destroyed(refOf(network))
    expect((await s.state(refOf(network))).state).toBe('absent')
  })
}

/** What holds when others act in the same place, behind our back. */
export function outsideContract(subject: () => LocationSubject): void {
  it.for(SHAPES)(
    'sees that a %s was removed behind our back, and makes it anew when asked',
    async ([kind, shapeOf], { skip }) => {
      const s = subject()
      const { vanish } = s.harness
      skip(!s.location.capabilities.kinds.includes(kind), `this place has no ${kind}s`)
      skip(vanish === undefined, 'this place cannot remove behind our back')
      const want = s.want(shapeOf(s))
      const bystander = s.want(shapeOf(s))
      await s.made(bystander)
      await s.made(want)
      await vanish?.call(s.harness, refOf(want))
      await s.reached(refOf(want), 'absent')
      expect(await owned(s, want.token)).toEqual([])
      await s.made(want)
      expect((await s.state(refOf(want))).marks).toEqual(want.marks)
      expect(await owned(s, want.token)).toHaveLength(1)
      expect((await s.state(refOf(bystander))).state).not.toBe('absent')
      for (const one of [want, bystander]) await s.destroyed(refOf(one))
    },
  )

  it('leaves a stranger of the same name alone and calls it a conflict', async ({ skip }) => {
    const s = subject()
    const { makeStranger } = s.harness
    skip(makeStranger === undefined, 'this place cannot make a stranger')
    const want = s.want()
    await makeStranger?.call(s.harness, want.name)
    const refused = await s.ensureOne(want)
    expectKind(refused, 'conflict')
    expect(await owned(s, want.token)).toEqual([])
    expect((await s.state(refOf(want))).state).toBe('absent')
    await s.destroyed(refOf(want))
    const still = await s.ensureOne(want)
    expectKind(still, 'conflict')
  })
}

/** What holds for resources of any kind. */
function kindContract(subject: () => LocationSubject, shapes: typeof SHAPES): void {
  it.for(shapes)('makes a %s once and finds it afterwards', async ([kind, shapeOf], { skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes(kind), `this place has no ${kind}s`)
    const want = s.want(shapeOf(s))
    const made = await s.made(want)
    expect(made).toMatchObject({ token: want.token, kind, marks: want.marks })
    const again = await s.ensureOne(want)
    expectKind(again, 'found')
    expect('resource' in again ? again.resource.id : undefined).toBe(made.id)
    expect(await owned(s, want.token)).toHaveLength(1)
  })

  it.for(shapes)('sees and lists that a %s is there, by name', async ([kind, shapeOf], { skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes(kind), `this place has no ${kind}s`)
    const want = s.want(shapeOf(s))
    const made = await s.made(want)
    expect((await s.state(refOf(want))).state).toBe(made.state)
    const [listed] = await owned(s, want.token)
    expect(listed).toMatchObject({ kind, name: want.name, marks: want.marks, state: made.state })
    expect(listed?.createdAt).toBeGreaterThanOrEqual(0)
    await s.destroyed(refOf(want))
  })

  it.for(shapes)('is certain that an unknown %s is absent', async ([kind, shapeOf], { skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes(kind), `this place has no ${kind}s`)
    const want = s.want(shapeOf(s))
    expect(await s.state(refOf(want))).toMatchObject({ token: want.token, kind, state: 'absent' })
  })

  it.for(shapes)('removes a %s, and again is done too', async ([kind, shapeOf], { skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes(kind), `this place has no ${kind}s`)
    const want = s.want(shapeOf(s))
    await s.made(want)
    await s.destroyed(refOf(want))
    expect((await s.state(refOf(want))).state).toBe('absent')
    expect(await owned(s, want.token)).toEqual([])
    await s.destroyed(refOf(want))
  })

  it.for(shapes)('calls the removal of a %s that never was done', async ([kind, shapeOf], { skip }) => {
    const s = subject()
    skip(!s.location.capabilities.kinds.includes(kind), `this place has no ${kind}s`)
    const ref = refOf(s.want(shapeOf(s)))
    await s.destroyed(ref)
    expect((await s.state(ref)).state).toBe('absent')
  })

  it.for(shapes)(
    'says whose %s holds the name that it needs, and takes the name when it is free again',
    async ([kind, shapeOf], { skip }) => {
      const s = subject()
      skip(!s.location.capabilities.kinds.includes(kind), `this place has no ${kind}s`)
      const theirs = s.want(shapeOf(s), 1, `${s.engine}y`)
      const ours = { ...s.want(shapeOf(s)), name: theirs.name }
      await s.made(theirs)
      const answer = await s.ensureOne(ours)
      expectKind(answer, 'conflict')
      const holder = 'holder' in answer ? answer.holder : ''
      expect(holder).toContain(`made by engine ${s.engine}y for ct/web/1`)
      expect(await owned(s, ours.token)).toEqual([])
      await s.destroyed(refOf(theirs))
      await s.made(ours)
      expect(await owned(s, ours.token)).toHaveLength(1)
      await s.destroyed(refOf(ours))
    },
  )
}

async function owned(s: LocationSubject, token: string): Promise<readonly OwnedResource[]> {
  const listed = await s.location.listOwned(s.engine, s.options)
  return listed.filter((one) => one.token === token)
}
