import type { EntitySpec, FileSpec, Problem } from '../../engine/index.js'
import { problem } from '../problems.js'
import type { CheckContext } from './context.js'

/** Files stay where they belong, and none is there twice. */
export function checkFiles(context: CheckContext): readonly Problem[] {
  return context.landscape.all.flatMap(({ spec }) => [
    ...filesOf(spec).flatMap((files) => checkList(files, context)),
    ...checkVolumes(spec, context),
    ...checkDirectories(spec, context),
  ])
}

/** Files that are on the machine at the same time. */
function filesOf(spec: EntitySpec): readonly (readonly FileSpec[])[] {
  const { software } = spec
  if (software === undefined) return []
  const { install, customize, launch } = software.phases
  return [install?.files ?? [], customize?.files ?? [], [...(launch?.files ?? []), ...software.files]]
}

const PATH = /^[A-Za-z0-9._@+/][A-Za-z0-9._@+/-]*$/

function checkList(files: readonly FileSpec[], context: CheckContext): readonly Problem[] {
  const seen = new Set<string>()
  return files.flatMap((file) => {
    const at = context.origins.of(file)
    const fault = pathFault(file.path)
    if (fault !== undefined)
      return [
        problem('BP1501', `"${file.path}" ${fault}`, at, {
          hint: 'name a file, e.g. web.js or conf/web.conf',
        }),
      ]
    const path = file.path.replace(/\/+/g, '/').replace(/^\.\//, '')
    if (seen.has(path))
      return [problem('BP1502', `the file "${path}" is there twice`, at, { hint: 'keep one of the two' })]
    seen.add(path)
    return []
  })
}

function pathFault(path: string): string | undefined {
  if (path.split('/').includes('..')) return 'leaves its directory'
  if (path === '' || path.endsWith('/') || path.length > 1_000) return 'does not name a file'
  return PATH.test(path) ? undefined : 'holds characters that a path here cannot have'
}

function checkDirectories({ software }: EntitySpec, context: CheckContext): readonly Problem[] {
  if (software === undefined) return []
  return [software.installDirectory, software.runDirectory].flatMap((directory) => {
    const fault = directory === undefined ? undefined : pathFault(directory.replace(/\/+$/, ''))
    if (fault === undefined) return []
    return [
      problem('BP1501', `the directory "${directory}" ${fault}`, context.origins.of(software), {
        hint: 'name a directory, e.g. app or /opt/app',
      }),
    ]
  })
}

function checkVolumes(spec: EntitySpec, context: CheckContext): readonly Problem[] {
  return spec.volumes.flatMap((volume) => {
    const fault = pathFault(volume.path)
    if (fault === undefined) return []
    return [
      problem('BP1501', `"${volume.path}" ${fault}`, context.origins.of(volume), {
        hint: 'e.g. /var/lib/data',
      }),
    ]
  })
}
