import { backtestSchema, playSchema, simulateSchema } from '../policy-play.js'
import { proofSchema, proofWishSchema } from '../policy-proof.js'
import { policySubmissionSchema, policyTestsSchema, policyValidationSchema } from '../policy-trial.js'
import { type Route, routesOf } from '../route.js'
import { ok } from './common.js'

/** Policies by themselves: tried in virtual time, with nothing that runs. */
export const policyTrialRoutes: readonly Route[] = routesOf('policies', [
  {
    id: 'checkPolicy',
    method: 'POST',
    path: '/v1/policies/check',
    permission: 'blueprints:check',
    summary: 'Say what is wrong with a policy document, and with it in a blueprint.',
    body: policySubmissionSchema,
    responses: ok(policyValidationSchema, 'All problems at once; none when it is right.'),
    idempotency: 'none',
  },
  {
    id: 'testPolicy',
    method: 'POST',
    path: '/v1/policies/test',
    permission: 'blueprints:check',
    summary: 'Run the tests of a policy document.',
    body: policySubmissionSchema,
    responses: ok(policyTestsSchema, 'What became of each.'),
    idempotency: 'none',
  },
  {
    id: 'backtestPolicy',
    method: 'POST',
    path: '/v1/policies/backtest',
    permission: 'blueprints:check',
    summary: 'Play a policy document over a recorded load.',
    body: backtestSchema,
    responses: ok(playSchema, 'What it did, and what came of it.'),
    idempotency: 'none',
  },
  {
    id: 'simulatePolicy',
    method: 'POST',
    path: '/v1/policies/simulate',
    permission: 'blueprints:check',
    summary: 'Play a policy document over a load that is made up from a seed.',
    body: simulateSchema,
    responses: ok(playSchema, 'What it did, and what came of it.'),
    idempotency: 'none',
  },
  {
    id: 'provePolicies',
    method: 'POST',
    path: '/v1/policies/prove',
    permission: 'blueprints:check',
    summary: 'Try what the policies of a blueprint make of faults, in all orders of at most two.',
    body: proofWishSchema,
    responses: ok(proofSchema, 'What was tried, and the first that breaks a law.'),
    idempotency: 'none',
  },
])
