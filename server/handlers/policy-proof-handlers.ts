import type { ApplicationSpec, Problem, ProofTrial } from '../../engine/index.js'
import type { Proof, ProofWish } from '../api/index.js'
import { bodyOf, isReply } from './changes.js'
import type { OfflineContext } from './context.js'
import { type CheckedRequest, type Reply, reply } from './message.js'
import { documentRefused, refuse, wireProblem } from './refusals.js'
import { compileGiven, missingFiles } from './submissions.js'

/** Milliseconds within which all must have settled, where nobody says. */
const WITHIN = 1_800_000

/** Tries the policies of a blueprint under all schedules of faults, or under one that is given. */
export async function provePolicies(context: OfflineContext, request: CheckedRequest): Promise<Reply> {
  const wish = bodyOf<ProofWish>(request) as ProofWish
  const compiled = await compileGiven(context, request, wish.blueprint, { deploying: true })
  if (isReply(compiled)) return compiled
  if (compiled.kind === 'missing') return missingFiles(compiled.files)
  if (compiled.kind === 'problems') return documentRefused(compiled.problems)
  const { spec, problems } = compiled
  if (wish.schedule !== undefined) return replayed(context, { spec, problems }, wish)
  const { faults = 2, steps = 1, within = WITHIN, from = 0, most = Infinity } = wish
  const { prover, most: limit } = context.policies.proofs
  const extent = { faults, steps, within, from, most: Math.min(most, limit) }
  const { counterexample, ...report } = await prover.prove(spec, extent)
  return proof({ spec, problems }, { ...report, ...trialOf(counterexample) })
}

interface Subject {
  readonly spec: ApplicationSpec
  readonly problems: readonly Problem[]
}

async function replayed(
  { policies: { proofs } }: OfflineContext,
  subject: Subject,
  { schedule = [], within = WITHIN }: ProofWish,
): Promise<Reply> {
  const trial = await proofs.prover.replay(subject.spec, schedule, within)
  if (trial === undefined) {
    return refuse('invalid', 'The schedule has a fault that cannot befall this blueprint.')
  }
  return proof(subject, { firsts: 0, schedules: 1, idle: 0, checks: 0, settling: 0, ...trialOf(trial) })
}

function trialOf(trial: ProofTrial | undefined): Pick<Proof, 'trial'> {
  return trial === undefined ? {} : { trial }
}

function proof({ spec, problems }: Subject, found: Omit<Proof, 'application' | 'warnings'>): Reply {
  const body: Proof = { application: spec.name, ...found, warnings: problems.map(wireProblem) }
  return reply(body)
}
