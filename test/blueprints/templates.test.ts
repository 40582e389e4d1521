import { describe, expect, it } from 'vitest'
import { liquidRenderer, templateReferences } from '../../blueprints/index.js'

const renderer = liquidRenderer()

describe('the renderer', () => {
  it('puts values into a text', () => {
    expect(
      renderer.render('{% for m in list %}{{ m.a }};{% endfor %}', { list: [{ a: 1 }, { a: 2 }] }),
    ).toEqual({ text: '1;2;' })
  })

  it.each([
    ['a value that is not there', '{{ nothing }}', 'nothing'],
    ['a member that is not there', '{{ a.nothing }}', 'nothing'],
    ['the prototype', '{{ a.constructor }}', 'constructor'],
    ['the prototype by its name', '{{ a.__proto__ }}', '__proto__'],
    ['a filter that does not exist', '{{ a | shout }}', 'shout'],
    ['a file', "{% include 'x' %}", 'include'],
    ['the clock', "{{ 'now' | date }}", 'date'],
    ['chance', '{{ list | sample }}', 'sample'],
    ['endless loops', '{% for i in (1..100000000) %}x{% endfor %}', 'memory'],
    ['nested loops', '{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}', 'limit'],
    [
      'text that doubles',
      "{% assign s = 'x' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}",
      'memory',
    ],
  ])('refuses %s with a reason', (_what, text, reason) => {
    const rendered = renderer.render(text, { a: {}, list: [1] })
    expect('error' in rendered && rendered.error).toContain(reason)
  })

  it('holds its limit of the result', () => {
    const small = liquidRenderer({ output: 3 })
    expect(small.render('{{ a }}', { a: 'abcd' })).toHaveProperty('error')
    expect(small.render('{{ a }}', { a: 'abc' })).toEqual({ text: 'abc' })
  })

  it('does not read values as templates', () => {
    expect(renderer.render('{{ a }}', { a: '{{ b }}' })).toEqual({ text: '{{ b }}' })
  })
})

describe('references of a template', () => {
  it('are the names that it uses from outside, with places', () => {
    const text =
      '{% for m in roles.web.members %}{{ m.port }}{{ forloop.index }}{% endfor %}\n{{ self["port.http"] }}{% assign x = config.a %}{{ x }}'
    expect(templateReferences(text)).toEqual({
      references: [
        { segments: ['roles', 'web', 'members'], line: 1, column: 13 },
        { segments: ['self', 'port.http'], line: 2, column: 4 },
        { segments: ['config', 'a'], line: 2, column: 38 },
      ],
    })
  })

  it('of a text that is none say where it ends to be one', () => {
    expect(templateReferences('a\n  {% if x %}')).toMatchObject({ line: 2, column: 3 })
  })
})
