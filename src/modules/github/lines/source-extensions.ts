/**
 * Extensions (lower case, without the dot) of files that people write as programs, markup of pages, styles or queries. Data
 * (JSON, YAML, TOML, XML, CSV, SVG), prose (Markdown, text) and notebooks, which are JSON, are no source.
 */
export const SOURCE_EXTENSIONS: ReadonlySet<string> = new Set(
  `
  ada adb ads agda applescript as asm astro awk
  bas bash bat bicep bzl
  c c++ cbl cc cfc cfm cjs cl clj cljc cljs cls cmake cmd cob coffee cpp cr cs csh cshtml css cts cu cuh cxx
  d dart dpr
  ejs el elm erb erl ex exs
  f f03 f08 f77 f90 f95 feature fish for fs fsi fsx frag
  gd gdshader gleam glsl go gql graphql gradle groovy
  h h++ haml handlebars hbs hcl heex hh hlsl hpp hrl hs htm html hx hxx
  idr ino ipp jade java j2 jinja jl js jsp jsx
  kt kts ksh
  l leex less lhs lisp liquid lua
  m mak mjs mk ml mli mm mojo mts mustache
  nim nix njk nu nut
  odin
  p pas perl php phtml pl plsql pm pony pp prisma pro proto ps1 psd1 psm1 pug purs py pyi pyw pyx pxd
  qml
  r rake razor rb re rei res rkt robot rs ru
  s sass sbt sc scala scm scss sed sh slim sml sol sql ss sv svelte svh swift
  t tcl templ tex tf tla tpl ts tsx twig
  v vala vb vba vbs vert vhd vhdl vim vue
  wat wgsl wsf
  xaml xhtml xsl xslt
  y yy
  zig zsh
  `
    .trim()
    .split(/\s+/),
);

/** Whole names (lower case) of source files that have no telling extension. */
export const SOURCE_NAMES: ReadonlySet<string> = new Set([
  'berksfile',
  'brewfile',
  'build',
  'build.bazel',
  'cmakelists.txt',
  'containerfile',
  'dockerfile',
  'earthfile',
  'gemfile',
  'gnumakefile',
  'guardfile',
  'jenkinsfile',
  'justfile',
  'makefile',
  'meson.build',
  'podfile',
  'procfile',
  'rakefile',
  'sconstruct',
  'snakefile',
  'tiltfile',
  'vagrantfile',
  'wscript',
]);
