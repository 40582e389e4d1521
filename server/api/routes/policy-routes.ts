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
])
