import { parseOsRelease } from './os-release.js';

describe('parseOsRelease', () => {
  it('should read Debian', () => {
    const text =
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_CODENAME=bookworm\nID=debian\n';
    expect(parseOsRelease(text)).toEqual({
      id: 'debian',
      idLike: [],
      prettyName: 'Debian GNU/Linux 12 (bookworm)',
      codename: 'bookworm',
      ubuntuCodename: undefined,
      debianCodename: undefined,
    });
  });

  it('should read a distribution made from Ubuntu', () => {
    const text =
      'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_CODENAME=vera\nUBUNTU_CODENAME=jammy\n';
    expect(parseOsRelease(text)).toMatchObject({
      id: 'linuxmint',
      idLike: ['ubuntu', 'debian'],
      prettyName: 'Linux Mint',
      codename: 'vera',
      ubuntuCodename: 'jammy',
    });
  });

  it.each([
    ["ID='debian'", 'debian'],
    ['  ID=debian  ', 'debian'],
    ['# ID=debian', 'linux'],
    ['ID="Debian"', 'debian'],
    ['', 'linux'],
  ])('should read the id of %j as %s', (text, id) => {
    expect(parseOsRelease(text).id).toBe(id);
  });

  it('should undo escapes inside double quotes only', () => {
    expect(parseOsRelease('NAME="a \\"b\\" \\$c"').prettyName).toBe('a "b" $c');
    expect(parseOsRelease("NAME='a \\$c'").prettyName).toBe('a \\$c');
  });
});
