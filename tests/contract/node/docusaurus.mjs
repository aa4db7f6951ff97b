// What Docusaurus' own packages make of pages. Reads JSON from stdin, writes JSON to stdout:
//   {"pages": [{"path", "source"}]}            -> [{"headings": [{"level", "id", "text"}]} | {"error"}]
//   {"routes": [{"source", "slug", "id"}]}     -> [route]
//   {"slugs": [[text, ...], ...]}              -> [[anchor, ...], ...]   one slugger for each inner list
//   {"words": true}                            -> [slug of x<c>y for each code point but surrogates]
import {createRequire} from 'node:module'
import process from 'node:process'
import {text as readAll} from 'node:stream/consumers'
import GithubSlugger, {slug} from 'github-slugger'

const require = createRequire(import.meta.url)
const {createProcessorUncached} = require('@docusaurus/mdx-loader/lib/processor.js')
const preprocess = require('@docusaurus/mdx-loader/lib/preprocessor.js').default
const {parseFileContentFrontMatter} = require('@docusaurus/utils/lib/markdownUtils.js')
const getSlug = require('@docusaurus/plugin-content-docs/lib/slug.js').default
const {DefaultNumberPrefixParser} = require('@docusaurus/plugin-content-docs/lib/numberPrefix.js')
const {normalizeUrl} = require('@docusaurus/utils')

// The defaults of Docusaurus 3; broken links and images are none of our business here.
const markdownConfig = {
  format: 'mdx', emoji: true, mermaid: false, anchors: {maintainCase: false},
  mdx1Compat: {comments: true, admonitions: true, headingIds: true},
  hooks: {onBrokenMarkdownLinks: 'ignore', onBrokenMarkdownImages: 'ignore'},
}

function text(node) {
  return 'value' in node ? node.value : (node.children ?? []).map(text).join('')
}

function collect(found) {
  return () => (tree) => {
    const visit = (node) => {
      const level = /^h([1-6])$/.exec(node.tagName ?? '')
      if (level) found.push({level: Number(level[1]), id: node.properties?.id ?? null, text: text(node)})
      for (const child of node.children ?? []) visit(child)
    }
    visit(tree)
  }
}

async function headings({path, source}) {
  const found = []
  try {
    const {frontMatter, content} = parseFileContentFrontMatter(source)
    const format = frontMatter.mdx?.format ?? 'mdx'
    const options = {
      admonitions: true, markdownConfig, staticDirs: [], siteDir: '/site', remarkPlugins: [],
      rehypePlugins: [collect(found)], recmaPlugins: [], beforeDefaultRemarkPlugins: [], beforeDefaultRehypePlugins: [],
    }
    const processor = await createProcessorUncached({options, format})
    const fileContent = preprocess({fileContent: content, filePath: path, markdownConfig, admonitions: true})
    await processor.process({content: fileContent, filePath: `/site/docs/${path}`, frontMatter, compilerName: 'client'})
    return {headings: found}
  } catch (error) {
    return {error: String(error.message ?? error)}
  }
}

function route({source, slug: frontMatterSlug, id}) {
  const parts = source.split('/')
  const name = parts.pop().replace(/\.mdx?$/, '')
  const sourceDirName = parts.join('/') || '.'
  const baseID = id ?? DefaultNumberPrefixParser(name).filename
  try {
    return normalizeUrl(['/docs', getSlug({baseID, source, sourceDirName, frontMatterSlug})])
  } catch (error) {
    return {error: String(error.message)}
  }
}

const input = JSON.parse(await readAll(process.stdin))
let output
if (input.pages) {
  output = []
  for (const page of input.pages) output.push(await headings(page))
} else if (input.routes) {
  output = input.routes.map(route)
} else if (input.slugs) {
  output = input.slugs.map((texts) => {
    const slugger = new GithubSlugger()
    return texts.map((one) => slugger.slug(one))
  })
} else {
  output = []
  for (let c = 0; c <= 0x10ffff; c += 1) {
    if (c < 0xd800 || c > 0xdfff) output.push(slug(`x${String.fromCodePoint(c)}y`))
  }
}
process.stdout.write(JSON.stringify(output))
