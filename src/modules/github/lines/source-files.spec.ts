import { isSourcePath } from './source-files.js';

describe('isSourcePath', () => {
  it.each([
    'main.py',
    'src/app.ts',
    'src/App.TSX',
    'lib/deep/er/module.rs',
    'include/vector.h++',
    'Makefile',
    'docker/Dockerfile',
    'CMakeLists.txt',
    'styles/site.scss',
    'index.html',
    'queries/users.sql',
    'types.d.ts',
    'src/日本/größe.go',
    'a "quoted" name\nwith a line end.c',
    'distribution/main.go',
    'src/builder/build.ts',
    'vendor.js',
    'build',
    '.github/scripts/check.sh',
    'component.test.tsx',
  ])('should take %j', (path) => expect(isSourcePath(path)).toBe(true));

  it.each([
    // Lock files and what package managers bring along.
    'package-lock.json',
    'sub/pnpm-lock.yaml',
    'Cargo.lock',
    'go.sum',
    'gradlew.bat',
    '.pnp.cjs',
    // Data and prose.
    'package.json',
    'tsconfig.JSON',
    'logo.svg',
    'README.md',
    'docs/guide.MDX',
    'notes.txt',
    'config.yaml',
    'pom.xml',
    'data.csv',
    'analysis.ipynb',
    'photo.png',
    'app.exe',
    // Others' code.
    'node_modules/left-pad/index.js',
    'packages/a/node_modules/b/c.js',
    'vendor/github.com/pkg/errors/errors.go',
    'Third_Party/zlib/zlib.c',
    'ios/Pods/AFNetworking/AFURLSession.m',
    '.venv/lib/python3.11/site-packages/x.py',
    // What programs make.
    'dist/main.js',
    'app/build/out.js',
    'target/debug/x.rs',
    'jquery.min.js',
    'static/app.3f2a.chunk.js',
    'api/service.pb.go',
    'api/service_pb2.py',
    'lib/model.g.dart',
    'Form1.Designer.cs',
    '__snapshots__/a.js',
    // Names without a telling end.
    'LICENSE',
    '.bashrc',
    '.py',
    'js',
    'src/',
    '',
  ])('should leave out %j', (path) => expect(isSourcePath(path)).toBe(false));
});
