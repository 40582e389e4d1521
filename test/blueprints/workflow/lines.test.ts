import { describe, expect, it } from 'vitest'
import type { Expression, Json } from '../../../engine/index.js'
import { actionOf, flowOf, stepOf } from './support.js'

const lit = (value: Json): Expression => ({ kind: 'literal', value })
const any = (...path: readonly (string | number)[]): Expression => ({ kind: 'variable', of: 'any', path })
const sensor = (name: string): Expression => ({
  kind: 'sensor',
  of: { scope: 'self' },
  sensor: name,
  whenReady: false,
  atOnce: true,
})
const sum = (left: Expression, right: Expression): Expression => ({
  kind: 'arithmetic',
  operator: '+',
  left,
  right,
})
const operation = (name: string, ...given: readonly Json[]): object => ({ name, arguments: given.map(lit) })

describe('a line with "let" sets a variable', () => {
  it.each<[string, object]>([
    ['let x = 1', { variable: { name: 'x', path: [] }, value: lit('1') }],
    ['let x=1', { variable: { name: 'x' }, value: lit('1') }],
    ['set-workflow-variable x = 1', { kind: 'set', value: lit('1') }],
    ['let integer x = 1', { type: 'integer', value: lit('1') }],
    ['let int x = 1', { type: 'integer' }],
    ['let double x = 1.5', { type: 'float' }],
    ['let boolean x = true', { type: 'boolean' }],
    ['let string x = ${map}', { type: 'string', value: any('map') }],
    ['let object x = ${y}', { value: any('y') }],
    ['let list x = [ 1, 2 ]', { type: 'list', value: lit([1, 2]) }],
    ['let map x = { a: 1, b: two }', { type: 'map', value: lit({ a: 1, b: 'two' }) }],
    ['let map x = { a: ${y} }', { value: { kind: 'map', entries: { a: any('y') } } }],
    ['let map x = { a: "n-${y}" }', { value: { entries: { a: { kind: 'format', pattern: 'n-%s' } } } }],
    [
      'let map x = { a: { b: [ ${y} ] } }',
      { value: { entries: { a: { entries: { b: { items: [any('y')] } } } } } },
    ],
    ['let x = hello world', { value: lit('hello world') }],
    ['let x = "hello  world"', { value: lit('hello  world') }],
    ["let x = 'it is'", { value: lit('it is') }],
    ['let x = "${y}"', { value: lit('${y}') }],
    [
      'let x = "${person}" is ${person}',
      { value: { kind: 'format', pattern: '${person} is %s', arguments: [any('person')] } },
    ],
    ['let x = 100% of ${y}', { value: { pattern: '100%% of %s' } }],
    ['let x = ${y} + 1', { value: sum(any('y'), lit('1')) }],
    ['let x = 1 "+" 1', { value: lit('1 + 1') }],
    ['let x = ${y}+1', { value: { kind: 'format', pattern: '%s+1' } }],
    ['let x.key = 2', { variable: { name: 'x', path: ['key'] } }],
    ["let x['a key'] = 2", { variable: { name: 'x', path: ['a key'] } }],
    ['let x[0] = 2', { variable: { name: 'x', path: [0] } }],
    ['let x[] = 2', { variable: { name: 'x', path: [-1] } }],
    ["let x[-1]['a'][-1] = 4", { variable: { name: 'x', path: [-1, 'a', -1] } }],
    ['let x[${k}] = 2', { variable: { name: 'x', path: [any('k')] } }],
    ['let x[key] = 2', { variable: { name: 'x', path: ['key'] } }],
    ['let trim x = ${y}', { kind: 'transform', operations: [operation('trim')] }],
    ['let yaml x = ${y}', { operations: [operation('yaml')] }],
    ['let json string x = ${y}', { operations: [operation('json', 'string')] }],
    ['let bash encode x = ${y}', { operations: [operation('bash', 'encode')] }],
    [
      'let merge map x = ${a} ${b}',
      { value: { kind: 'list', items: [any('a'), any('b')] }, operations: [operation('merge', 'map')] },
    ],
    ['let merge deep map x = ${a} ${b}', { operations: [operation('merge', 'map', 'deep')] }],
    ['let merge list x = ${a} ${b}', { operations: [operation('merge', 'list')], type: 'list' }],
    ['let wait x = ${entity.attributeWhenReady.a}', { operations: [operation('wait')] }],
    ['let json = 1', { kind: 'set', variable: { name: 'json' } }],
    ['clear-workflow-variable x', { kind: 'clear', variable: { name: 'x', path: [] } }],
    ['clear-workflow-variable integer x', { kind: 'clear', variable: { name: 'x' } }],
  ])('%s', (line, does) => {
    expect(actionOf(line)).toMatchObject(does)
  })
})

describe('what "let" computes', () => {
  const x = any('x')
  it.each<[string, object]>([
    ['${x} * 3 + 1', sum({ kind: 'arithmetic', operator: '*', left: x, right: lit('3') }, lit('1'))],
    ['1 + ${x} * 3', sum(lit('1'), { kind: 'arithmetic', operator: '*', left: x, right: lit('3') })],
    [
      '11 % 7 % 4',
      { operator: '%', left: { operator: '%', left: lit('11'), right: lit('7') }, right: lit('4') },
    ],
    ['9 - 4 - 3', { operator: '-', left: { operator: '-', left: lit('9') }, right: lit('3') }],
    ['8 / 2 * 3', { operator: '*', left: { operator: '/' } }],
    ['${x} ?? 0', { kind: 'first-known', of: [x, lit('0')] }],
    ['${x} ?? ${y} ?? z', { kind: 'first-known', of: [x, any('y'), lit('z')] }],
    ['${x} + 1 ?? 0', { kind: 'first-known', of: [sum(x, lit('1')), lit('0')] }],
    ['99 / 0 ?? 4 * 4 - 5 * 3', { kind: 'first-known', of: [{ operator: '/' }, { operator: '-' }] }],
    ['${x} == 1', { kind: 'compare', is: 'equal', left: x, right: lit('1') }],
    ['4 > 3', { kind: 'compare', is: 'more' }],
    ['4 >= 3', { kind: 'compare', is: 'at-least' }],
    ['4 < 3', { kind: 'compare', is: 'less' }],
    ['4 <= 3', { kind: 'compare', is: 'at-most' }],
    ['1 + 2 > 2', { kind: 'compare', left: sum(lit('1'), lit('2')), right: lit('2') }],
    [
      '${x} == 1 && ${y} == 2',
      { kind: 'logic', operator: 'and', of: [{ kind: 'compare' }, { kind: 'compare' }] },
    ],
    ['true && false', { kind: 'logic', of: [{ kind: 'typed', type: 'boolean' }, { kind: 'typed' }] }],
    [
      'a || b && c',
      { kind: 'logic', operator: 'or', of: [{ kind: 'typed' }, { kind: 'logic', operator: 'and' }] },
    ],
    ['true ? "left" : "right"', { kind: 'choose', then: lit('left'), else: lit('right') }],
    ['${x} == 1 ? one : two', { kind: 'choose', by: { kind: 'compare' } }],
    [
      'a ? b : c ? d : e',
      { kind: 'choose', then: lit('b'), else: { kind: 'choose', then: lit('d'), else: lit('e') } },
    ],
    ['a ? b ? c : d : e', { kind: 'choose', then: { kind: 'choose', then: lit('c') }, else: lit('e') }],
    ['/etc/a/b', lit('/etc/a/b')],
    ['key : value', lit('key : value')],
  ])('%s', (formula, value) => {
    expect(actionOf(`let x = ${formula}`)).toMatchObject({ value })
  })
})

describe('an expression asks for', () => {
  const config = (key: string): object => ({ kind: 'config', of: { scope: 'self' }, key })
  it.each<[string, object]>([
    ['${x}', any('x')],
    ['${x.y.z}', any('x', 'y', 'z')],
    ['${x[0].y}', any('x', 0, 'y')],
    ["${x['a b']}", any('x', 'a b')],
    ['${x["a.b"][2]}', any('x', 'a.b', 2)],
    ['${x[k]}', { kind: 'variable', path: ['x', any('k')] }],
    ['${x[${k}]}', { kind: 'variable', path: ['x', any('k')] }],
    ['${output}', { kind: 'variable', of: 'output', path: [] }],
    ['${output[0].a}', { of: 'output', path: [0, 'a'] }],
    ['${error}', { of: 'error', path: [] }],
    ['${error.message}', { of: 'error', path: ['message'] }],
    ['${workflow.name}', { of: 'run', path: ['name'] }],
    ['${workflow.id}', { of: 'run', path: ['id'] }],
    ['${workflow.task_id}', { of: 'run', path: ['task_id'] }],
    ['${workflow.input.a}', { of: 'input', path: ['a'] }],
    ['${workflow.output.a}', { of: 'run', path: ['output', 'a'] }],
    ['${workflow.var.a}', { of: 'variables', path: ['a'] }],
    ['${workflow.error}', { of: 'error', path: [] }],
    ['${workflow.step.s-1.output.z}', { of: 'step', path: ['s-1', 'output', 'z'] }],
    ['${workflow.current_step.input.a}', { of: 'current-step', path: ['input', 'a'] }],
    ['${workflow.previous_step.output}', { of: 'previous-step', path: ['output'] }],
    ['${workflow.error_handler.output.a}', { of: 'handled-step', path: ['output', 'a'] }],
    ['${workflow.util.now}', { of: 'run', path: ['now'] }],
    ['${workflow.util.now_iso}', { of: 'run', path: ['now_iso'] }],
    ['${workflow.util.random}', { of: 'run', path: ['random'] }],
    ['${entity.sensor.load}', sensor('load')],
    ["${entity.sensor['main.uri']}", sensor('endpoint')],
    ["${entity.sensor['host.address']}", sensor('host.address')],
    ["${entity.sensor['sum']['total']}", { kind: 'access', of: sensor('sum'), key: 'total' }],
    [
      '${entity.sensor.counts[ck]}',
      { kind: 'apply', function: 'member', arguments: [sensor('counts'), any('ck')] },
    ],
    ['${entity.sensor.a.b}', { kind: 'first-known', of: [sensor('a.b'), { kind: 'access', key: 'b' }] }],
    ['${entity.attributeWhenReady.a}', { kind: 'sensor', sensor: 'a', whenReady: true }],
    ['${entity.config.size}', config('size')],
    ["${entity.config['a.b']}", config('a.b')],
    ['${entity.parent.sensor.a}', { kind: 'sensor', of: { scope: 'parent' } }],
    [
      '${entity.parent.parent.config.a}',
      { kind: 'config', of: { scope: 'parent', from: { scope: 'parent' } } },
    ],
    ['${entity.application.config.a}', { kind: 'config', of: { scope: 'root' } }],
    ["${entity.child['web'].sensor.a}", { kind: 'sensor', of: { scope: 'child', id: 'web' } }],
    ['${entity.id}', { kind: 'entity-id', of: { scope: 'self' } }],
    ['${entity.name}', { kind: 'entity-id', as: 'name' }],
    ['${entity.id}', { kind: 'entity-id' }],
    ['${entity.location.name}', { kind: 'location', index: 0 }],
    [
      '${c.sensor.a}',
      {
        kind: 'first-known',
        of: [any('c', 'sensor', 'a'), { kind: 'sensor', of: { scope: 'value', of: any('c') } }],
      },
    ],
    ['a ${x} b ${y} c', { kind: 'format', pattern: 'a %s b %s c', arguments: [any('x'), any('y')] }],
  ])('%s', (text, value) => {
    expect(actionOf(`return ${text}`)).toMatchObject({ value })
  })
})

describe('a line with a step that is done here', () => {
  it.each<[string, object]>([
    [
      'transform x = ${y} | trim',
      { kind: 'transform', value: any('y'), variable: { name: 'x' }, operations: [operation('trim')] },
    ],
    ['transform x | trim', { value: any('x'), operations: [operation('trim')] }],
    ['transform ${x} | trim', { value: any('x') }],
    ['transform x.a | first', { value: any('x', 'a'), operations: [operation('first')] }],
    [
      "transform x = 'silly world' | replace regex l. k",
      { value: lit('silly world'), operations: [operation('replace', 'regex', 'l.', 'k', false)] },
    ],
    ['transform x = a | replace all regex l. k', { operations: [operation('replace', 'regex', 'l.', 'k')] }],
    [
      "transform x = a | replace 'c d' XXX",
      { operations: [operation('replace', 'literal', 'c d', 'XXX', false)] },
    ],
    [
      'transform x = a | replace glob c*e XXX',
      { operations: [operation('replace', 'glob', 'c*e', 'XXX', false)] },
    ],
    [
      'transform x | prepend a | append b',
      { operations: [operation('prepend', 'a'), operation('append', 'b')] },
    ],
    ['transform x | append ${y}', { operations: [{ name: 'append', arguments: [any('y')] }] }],
    ['transform x | join ", "', { operations: [operation('join', ', ')] }],
    ['transform x | join', { operations: [operation('join')] }],
    ['transform x | split ,', { operations: [operation('split', ',')] }],
    ['transform x | split regex [,;]', { operations: [operation('split', '[,;]', 'regex')] }],
    ['transform x | split literal .', { operations: [operation('split', '.')] }],
    ['transform x | slice 1', { operations: [operation('slice', '1')] }],
    ['transform x | slice 1 -1', { operations: [operation('slice', '1', '-1')] }],
    ['transform x | remove a', { operations: [operation('remove', 'a')] }],
    ['transform x | type integer', { operations: [operation('type', 'integer')] }],
    ['transform x | json', { operations: [operation('json')] }],
    ['transform x | json parse', { operations: [operation('json', 'parse')] }],
    ['transform x | yaml encode', { operations: [operation('yaml', 'encode')] }],
    ['transform x | bash', { operations: [operation('bash')] }],
    ['transform x | wait | first', { operations: [operation('wait'), operation('first')] }],
    [
      'transform x = ${a} ${b} | merge deep',
      { value: { kind: 'list', items: [any('a'), any('b')] }, operations: [operation('merge', '', 'deep')] },
    ],
    ['transform x | merge set lax', { operations: [operation('merge', 'set', 'lax')] }],
    ...[
      'first',
      'last',
      'min',
      'max',
      'sum',
      'average',
      'size',
      'to_string',
      'to_upper_case',
      'to_lower_case',
      'return',
    ].map((name): [string, object] => [`transform x | ${name}`, { operations: [operation(name)] }]),
    ['transform integer x = ${y} | trim', { type: 'integer' }],
    ['transform value true | to_string', { value: lit('true') }],
    [
      'transform x | yaml | set y.z',
      {
        kind: 'run',
        scope: 'shared',
        workflow: {
          steps: [
            { does: { kind: 'transform' } },
            { does: { kind: 'set', variable: { name: 'y', path: ['z'] } } },
          ],
        },
      },
    ],
    [
      'wait ${entity.attributeWhenReady.a}',
      { kind: 'wait', for: 'value', value: { kind: 'sensor', whenReady: true } },
    ],
    ['wait x = ${y}', { kind: 'wait', variable: { name: 'x' }, value: any('y') }],
    ['wait integer x = ${y}', { type: 'integer' }],
    ['wait task ${t}', { kind: 'wait', for: 'task', value: any('t') }],
    ['wait x = task ${t}', { for: 'task', variable: { name: 'x' } }],
    [
      'load x = https://example.com/a',
      { kind: 'load', variable: { name: 'x' }, url: lit('https://example.com/a') },
    ],
    ['load charset utf-8 map x = https://example.com/a', { type: 'map' }],
    ['log hello', { kind: 'log', message: lit('hello'), level: 'info' }],
    ['log "hello world"', { message: lit('hello world') }],
    ['log "hello" "world"', { message: lit('"hello" "world"') }],
    ['log The value is ${x}', { message: { kind: 'format', pattern: 'The value is %s' } }],
    ['sleep 5s', { kind: 'sleep', duration: lit(5000) }],
    ['sleep 1h 30m', { duration: lit(5_400_000) }],
    ['sleep ${x}', { duration: any('x') }],
    ['no-op', { kind: 'nothing' }],
    ['return done', { kind: 'return', value: lit('done') }],
    ['fail', { kind: 'fail', rethrow: false }],
    ['fail rethrow', { rethrow: true }],
    ['fail message no room', { rethrow: false, message: lit('no room') }],
    ['fail rethrow message no room in ${x}', { rethrow: true, message: { kind: 'format' } }],
    ['retry', { kind: 'retry', limits: [] }],
    ['retry replay', { replay: true }],
    ['retry from start', { from: { kind: 'start' } }],
    ['retry from last', { from: { kind: 'last' } }],
    ['retry replay from end', { replay: true, from: { kind: 'end' } }],
    ['retry limit 4', { limits: [{ count: 4 }] }],
    ['retry limit 7d', { limits: [{ within: 604_800_000 }] }],
    ['retry limit 2 in 5m', { limits: [{ count: 2, within: 300_000 }] }],
    ['retry limit 4 backoff 5s increasing 2x', { backoff: { initial: [5000], factor: 2 } }],
    ['retry backoff 1s 1s 10s', { backoff: { initial: [1000, 1000, 10_000] } }],
    [
      'retry backoff 0 0 100ms increasing 100% up to 1m',
      { backoff: { initial: [0, 0, 100], factor: 2, most: 60_000 } },
    ],
    ['retry backoff 10s increasing 5s', { backoff: { initial: [10_000], plus: 5000 } }],
    ['retry backoff 10s increasing 2x max 1m', { backoff: { factor: 2, most: 60_000 } }],
    ['retry backoff 1s jitter 10%', { backoff: { initial: [1000], jitter: 0.1 } }],
    ['retry backoff 1s jitter -0.5 up to 5s', { backoff: { jitter: -0.5, most: 5000 } }],
    ['retry backoff 10ms timeout 1m', { timeout: lit(60_000) }],
    [
      'foreach x in 1..3 do log ${x}',
      {
        kind: 'run',
        scope: 'own',
        workflow: { each: { as: 'x', targets: { kind: 'range', from: lit(1), to: lit(3) } } },
      },
    ],
    [
      'foreach x in ${list} do log ${x}',
      { workflow: { each: { targets: { kind: 'value', of: any('list') } } } },
    ],
    [
      'foreach x in [ 1, 2 ] do log ${x}',
      { workflow: { each: { targets: { kind: 'value', of: lit([1, 2]) } } } },
    ],
    [
      'foreach x in 1..${n} do log ${x}',
      { workflow: { each: { targets: { kind: 'range', to: any('n') } } } },
    ],
    ['foreach {a, b} in ${list} do log ${a}', { workflow: { each: { as: ['a', 'b'] } } }],
    ['foreach c in children do log ${c}', { workflow: { each: { targets: { kind: 'children' } } } }],
  ])('%s', (line, does) => {
    expect(actionOf(line)).toMatchObject(does)
  })
})

describe('a line with a step that changes something', () => {
  it.each<[string, object]>([
    ['set-sensor x = 1', { kind: 'set-sensor', sensor: 'x', path: [], value: lit('1') }],
    ['set-sensor integer x = 1', { type: 'integer' }],
    ['set-sensor boolean said_hi = true', { sensor: 'said_hi', type: 'boolean' }],
    ['set-sensor main.uri = http://localhost:${PORT}/', { sensor: 'endpoint', value: { kind: 'format' } }],
    [
      "set-sensor service.problems['endpoint live'] = ${error}",
      { sensor: 'service.problems', path: ['endpoint live'] },
    ],
    ['set-sensor map x = { a: 1 }', { value: lit({ a: 1 }) }],
    ["set-sensor counts['${k}'] = 1", { sensor: 'counts', path: [any('k')] }],
    ['set-sensor ${name} = 1', { sensor: any('name') }],
    ['clear-sensor x', { kind: 'clear-sensor', sensor: 'x', path: [] }],
    ["clear-sensor service.problems['a']", { sensor: 'service.problems', path: ['a'] }],
    ['set-config size = 3', { kind: 'set-config', key: 'size', value: lit('3') }],
    ['set-config integer a.b = 3', { key: 'a.b', type: 'integer' }],
    ["set-config my_config['a'] = 1", { key: 'my_config', path: ['a'] }],
    ['clear-config size', { kind: 'clear-config', key: 'size' }],
    ['set-entity-name shop of ${owner}', { kind: 'rename', name: { kind: 'format' } }],
    ['invoke-effector restart', { kind: 'invoke', effector: 'restart', arguments: {}, await: true }],
    ['invoke-effector ${name}', { effector: any('name') }],
    ['invoke-effector restart on web', { of: { scope: 'global', id: 'web' } }],
    ['invoke-effector restart on ${x}', { of: { scope: 'value', of: any('x') } }],
    ['invoke-effector resize with size = 3', { arguments: { size: lit('3') } }],
    ['invoke-effector add on web with a = 1, b: "x, y"', { arguments: { a: lit('1'), b: lit('x, y') } }],
    ['ssh echo hello', { kind: 'command', script: lit('echo hello'), environment: {} }],
    ["ssh bash -c 'echo hi'", { script: lit("bash -c 'echo hi'") }],
    ['ssh \'bash -c "echo hi"\'', { script: lit('bash -c "echo hi"') }],
    ['ssh echo $HOME ${X:-1}', { script: lit('echo $HOME ${X:-1}') }],
    [
      'ssh echo ${x}',
      { script: { kind: 'format', arguments: [{ kind: 'first-known', of: [any('x'), lit('${x}')] }] } },
    ],
    ['shell date', { kind: 'command', script: lit('date') }],
    ['http https://example.com/a', { kind: 'http', url: lit('https://example.com/a'), method: lit('GET') }],
    ['http example.com/a?b=${x}', { url: { kind: 'format', pattern: 'https://%s' } }],
    ['http ${main.uri}', { url: any('main', 'uri') }],
    ['add-entity machine', { kind: 'add-entity', blueprint: lit({ type: 'machine' }), start: 'begin' }],
    ['deploy-application shop', { kind: 'deploy', blueprint: lit({ type: 'shop' }), start: 'begin' }],
    ['delete-entity ${x}', { kind: 'remove-entity', entity: any('x') }],
    ['delete-entity web', { kind: 'remove-entity', entity: lit('web') }],
    ['reparent-entity child ${x} under ${y}', { kind: 'move-entity', entity: any('x'), under: any('y') }],
    ['apply-initializer my-type', { kind: 'initialise', blueprint: lit({ type: 'my-type' }) }],
    ['apply-initializer my-type at ${x}', { of: { scope: 'value', of: any('x') } }],
    ['add-policy my-policy', { kind: 'add-policy', blueprint: lit({ type: 'my-policy' }) }],
    ['add-policy my-policy at web unique-tag one', { of: { scope: 'global', id: 'web' }, name: lit('one') }],
    ['delete-policy one', { kind: 'remove-policy', name: lit('one') }],
    ['delete-policy one at web', { of: { scope: 'global', id: 'web' } }],
    [
      'update-children type item id ${item.id} from ${items}',
      { kind: 'update-children', items: any('items'), blueprint: lit({ type: 'item' }) },
    ],
    [
      'update-children of ${p} type item id ${item.id} from ${items}',
      { of: { scope: 'value', of: any('p') } },
    ],
  ])('%s', (line, does) => {
    expect(actionOf(line)).toMatchObject(does)
  })
})

describe('a line that says where it goes on', () => {
  it.each<[string, object]>([
    ['goto end', { next: { kind: 'end' }, does: { kind: 'nothing' } }],
    ['goto start', { next: { kind: 'start' } }],
    ['goto exit', { next: { kind: 'exit' } }],
    ['label again', { id: 'again' }],
    [
      'if ${x} then goto end',
      {
        next: { kind: 'end' },
        condition: { subject: any('x'), predicate: lit({ kind: 'when', state: 'truthy' }) },
      },
    ],
    [
      'if ${x} == 1 then log one',
      { does: { kind: 'log' }, condition: { predicate: { value: { kind: 'all' } } } },
    ],
    ['if hi == ${x} then log one', { condition: { subject: lit('hi') } }],
    [
      'if ${x} then if ${y} then log both',
      { does: { kind: 'run', scope: 'shared' }, condition: { subject: any('x') } },
    ],
    ['workflow replayable from here', { replay: 'here', does: { kind: 'nothing' } }],
    ['workflow replayable from here only', { replay: 'only-here' }],
    ['workflow replayable reset', { replay: 'none' }],
    ['workflow retention forever', { retention: { for: Number.MAX_SAFE_INTEGER } }],
    ['workflow retention max(context,6h)', { retention: { for: 21_600_000 } }],
  ])('%s', (line, step) => {
    expect(stepOf(line)).toMatchObject(step)
  })
})

describe('the form of a step', () => {
  it.each<[string, object]>([
    ['- { type: let, variable: x, value: 3 }', { kind: 'set', variable: { name: 'x' }, value: lit(3) }],
    [
      '- { type: let, variable: { name: x, type: integer }, value: "1 + 1" }',
      { type: 'integer', value: lit('1 + 1') },
    ],
    ['- { step: let x, value: { a: 1 } }', { value: lit({ a: 1 }) }],
    ['- { type: let, input: { variable: x, value: 3 } }', { value: lit(3) }],
    ['- { step: "let x = ${y} z", interpolation_mode: disabled }', { value: lit('${y} z') }],
    [
      '- { step: "let x = ${y}", interpolation_errors: blank }',
      { value: { kind: 'first-known', of: [any('y'), lit('')] } },
    ],
    ['- { s: log hello }', { kind: 'log' }],
    ['- { shorthand: log hello }', { kind: 'log' }],
    ['- { step: { step: log hello } }', { kind: 'log' }],
    ['- log Your name is: ${name}', { message: { kind: 'format', pattern: 'Your name is: %s' } }],
    ['- let x = ${y} ? 1 : 2', { value: { kind: 'choose' } }],
    ['- steps: [ log a, log b ]', { kind: 'run', scope: 'shared' }],
    ['- [ log a, log b ]', { kind: 'run', scope: 'shared' }],
    ['- { type: workflow, input: { x: 1 }, steps: [ log a ] }', { kind: 'run', scope: 'own' }],
    ['- { type: workflow, lock: apt, steps: [ log a ] }', { workflow: { lock: { name: 'apt' } } }],
    [
      '- { type: workflow, lock: { name: apt, entity: web }, steps: [ log a ] }',
      { workflow: { lock: { name: 'apt', of: { scope: 'global', id: 'web' } } } },
    ],
    [
      '- { step: log a, lock: apt }',
      {
        kind: 'run',
        scope: 'shared',
        workflow: { lock: { name: 'apt' }, steps: [{ does: { kind: 'log' } }] },
      },
    ],
    [
      '- { step: "foreach x in 1..3", concurrency: "max(1, min(50%, -10))", steps: [ log a ] }',
      {
        workflow: {
          each: { concurrency: { kind: 'most', of: [{ kind: 'number', count: 1 }, { kind: 'least' }] } },
        },
      },
    ],
    ['- { step: foreach x, target: "1..3", steps: [ log a ] }', { workflow: { each: { as: 'x' } } }],
    [
      '- { step: "foreach x in 1..3", reducing: { sum: 0 }, steps: [ log a ] }',
      { workflow: { each: { reducing: { sum: lit(0) } } } },
    ],
    [
      '- { type: set-sensor, sensor: { name: x, entity: web, type: integer }, value: 1 }',
      { sensor: 'x', of: { scope: 'global', id: 'web' } },
    ],
    [
      '- { step: "set-sensor x = 1", require: { any: [ { when: absent }, { equals: 2 } ] } }',
      {
        require: {
          predicate: lit({
            kind: 'any',
            of: [
              { kind: 'when', state: 'absent' },
              { kind: 'equals', value: 2 },
            ],
          }),
        },
      },
    ],
    [
      '- { type: invoke-effector, effector: a, entity: $brooklyn:entity("web"), args: { x: 1 } }',
      { of: { scope: 'global', id: 'web' }, arguments: { x: lit(1) } },
    ],
    [
      '- { type: ssh, command: ls, env: { A: "${x}" }, exit_code: any }',
      { environment: { A: any('x') }, exitCode: { predicate: lit({ kind: 'constant', holds: true }) } },
    ],
    [
      '- { step: ssh ls, exit_code: { less-than: 32 } }',
      { exitCode: { predicate: lit({ kind: 'order', is: 'less', than: 32 }) } },
    ],
    [
      '- { type: http, endpoint: "http://a/", method: post, body: { a: 1 }, headers: { b: c }, username: u, password: p, status_code: 201 }',
      { method: lit('POST'), body: lit({ a: 1 }), login: { user: lit('u') } },
    ],
    [
      '- { step: add-entity, blueprint: { type: machine, name: "${n}" }, start: sync }',
      { start: 'wait', blueprint: { kind: 'map' } },
    ],
    [
      '- { step: retry, limit: [ 10, 1h, 2 in 1 min ] }',
      { limits: [{ count: 10 }, { within: 3_600_000 }, { count: 2, within: 60_000 }] },
    ],
    [
      '- { step: "switch ${x}", cases: [ { condition: { equals: 1 }, step: log one }, log other ] }',
      { kind: 'switch', value: any('x'), cases: [{ condition: {} }, { steps: [{}] }] },
    ],
    [
      '- { type: org.apache.brooklyn.core.workflow.steps.appmodel.InvokeEffectorWorkflowStep, effector: a }',
      { kind: 'invoke' },
    ],
  ])('%s', (text, does) => {
    const { workflow, problems } = flowOf(text)
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(workflow.steps[0]?.does).toMatchObject(does)
  })

  it('may say more of any step', () => {
    const text =
      '- { id: a, name: n, step: log x, next: end, input: { y: 1 }, output: "${y}", timeout: 5s, on-error: retry limit 2, replayable: from here, idempotent: yes, retention: 3, condition: { target: "${z}", equals: 1 } }'
    expect(flowOf(text).workflow.steps[0]).toMatchObject({
      id: 'a',
      name: 'n',
      next: { kind: 'end' },
      input: { y: lit(1) },
      output: any('y'),
      timeout: lit(5000),
      onError: { steps: [{ does: { kind: 'retry' } }] },
      replay: 'here',
      idempotent: true,
      retention: { count: 3 },
      condition: { subject: any('z'), predicate: lit({ kind: 'equals', value: 1 }) },
    })
  })
})
