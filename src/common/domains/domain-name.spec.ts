import { domainOf, readDomain, suffixesOf } from './domain-name.js';
import { DomainSet } from './domain-set.js';

describe('domainOf', () => {
  it.each([
    ['https://GitHub.com/a/b?c=1', 'github.com'],
    ['http://www.example.com:8080/', 'example.com'],
    ['https://user:secret@www.example.com', 'example.com'],
    ['https://www.www.example.com', 'www.example.com'],
    ['https://www.com/', 'www.com'],
    ['https://example.com./', 'example.com'],
    ['https://München.example/', 'xn--mnchen-3ya.example'],
    ['http://localhost:3000/', 'localhost'],
    ['http://127.0.0.1:5000/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://[::1]:5000/', '[::1]'],
    ['chrome://newtab/', null],
    ['about:blank', null],
    ['file:///home/ann/a.pdf', null],
    ['data:text/html,https://example.com', null],
    ['ftp://example.com/', null],
    ['blob:https://example.com/0b9f2f0e', null],
  ])('should take from %s %p', (url, domain) => expect(domainOf(new URL(url))).toBe(domain));
});

describe('readDomain', () => {
  it.each([
    ['Example.com', 'example.com'],
    [' www.example.com ', 'example.com'],
    ['*.example.com', 'example.com'],
    ['.example.com', 'example.com'],
    ['https://www.example.com/login?a=b', 'example.com'],
    ['example.com:8080', 'example.com'],
    ['example.com/path', 'example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['', null],
    ['two words', null],
    ['exa\u0000mple.com', null],
    [`${'a.'.repeat(130)}com`, null],
  ])('should read %p as %p', (text, domain) => expect(readDomain(text)).toBe(domain));
});

describe('suffixesOf', () => {
  it('should give what a domain belongs to, the longest first', () => {
    expect([...suffixesOf('a.b.example')]).toEqual(['a.b.example', 'b.example', 'example']);
    expect([...suffixesOf('10.0.0.1')]).toEqual(['10.0.0.1']);
    expect([...suffixesOf('[::1]')]).toEqual(['[::1]']);
  });
});

describe('DomainSet', () => {
  const set = new DomainSet(['bank.example', 'https://www.Doctor.example/login', 'no domain', '10.0.0.1']);

  it.each([
    ['bank.example', true],
    ['www2.bank.example', true],
    ['a.b.bank.example', true],
    ['notbank.example', false],
    ['bank.example.org', false],
    ['doctor.example', true],
    ['example', false],
    ['10.0.0.1', true],
    ['210.0.0.1', false],
  ])('should say whether it covers %s: %p', (domain, covered) => expect(set.covers(domain)).toBe(covered));
});
