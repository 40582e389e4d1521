/** A page of Markdown as HTML: headings, paragraphs, lists, code. Everything is escaped first, so no markup gets through. */
export function markdownToHtml(markdown: string): string {
  const parts = markdown.replaceAll('\r\n', '\n').split(/^```.*$/m)
  return parts.map((part, at) => (at % 2 === 1 ? codeBlock(part) : blocks(part))).join('\n')
}

/** Text that is safe between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function codeBlock(text: string): string {
  return `<pre><code>${escapeHtml(text.replace(/^\n/, ''))}</code></pre>`
}

function blocks(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map(blockToHtml)
    .join('\n')
}

function blockToHtml(block: string): string {
  const heading = /^(#{1,4}) +(.*)$/s.exec(block)
  if (heading !== null) {
    const level = heading[1]?.length ?? 1
    const [first = '', ...rest] = (heading[2] ?? '').split('\n')
    return `<h${level}>${inline(first)}</h${level}>${rest.length === 0 ? '' : blockToHtml(rest.join('\n'))}`
  }
  if (/^[-*] /.test(block)) {
    const items = block.split(/\n(?=[-*] )/).map((item) => `<li>${inline(item.slice(2))}</li>`)
    return `<ul>${items.join('')}</ul>`
  }
  return `<p>${inline(block)}</p>`
}

function inline(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
}
