import { type Json, isJsonObject } from '../../../engine/index.js'
import type { Dialect } from '../../dialect.js'
import { expandTypes } from './expand.js'
import { spreadFabrics } from './structure/fabric.js'
import { planned } from './plans/plan.js'
import { handDown } from './software/handed.js'
import { campSchema } from './schema.js'
import { translateCamp } from './translate.js'

/** Our own language: roles and services, and what is compatible with Apache Brooklyn's blueprints. */
export const campDialect: Dialect = {
  name: 'camp',
  recognises,
  schema: campSchema,
  prepare: (document, desk) =>
    handDown(spreadFabrics(expandTypes(planned(document, desk), desk), desk), desk),
  translate: translateCamp,
}

/** Keys that a document of another language begins with. */
const FOREIGN = [
  'tosca_definitions_version',
  'AWSTemplateFormatVersion',
  'Resources',
  'topology_template',
  'node_templates',
  'apiVersion',
]

/** Every map but those of other languages, so that a misspelt key is told as such. */
function recognises(value: Json): boolean {
  return isJsonObject(value) && !FOREIGN.some((key) => Object.hasOwn(value, key))
}
