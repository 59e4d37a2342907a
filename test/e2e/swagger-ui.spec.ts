import type { Browser } from 'playwright-core';
import { ApiClient } from '../support/api-client.js';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';
import { ServerProcess } from '../support/server.js';

describeWithBrowser('Swagger UI')('Swagger UI', () => {
  let server: ServerProcess;
  let browser: Browser;

  beforeAll(async () => {
    server = await ServerProcess.start();
    browser = await launchChromium();
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it('should authorize and create a project from the page', async () => {
    const { accessToken, client } = await new ApiClient(server.url).register('ann');
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${server.url}/swagger`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page.locator('.auth-container', { hasText: 'accessToken' }).locator('input').fill(accessToken);
    await page
      .locator('.auth-container', { hasText: 'accessToken' })
      .getByRole('button', { name: 'Apply credentials' })
      .click();
    await page.locator('.btn-done').first().click();

    const operation = page.locator('.opblock-post', { has: page.locator('[data-path="/v1/projects"]') });
    // Sections are drawn as they come into view.
    for (let tries = 0; tries < 200 && (await operation.count()) === 0; tries++) {
      await page.mouse.wheel(0, 600);
      await page.waitForTimeout(100);
    }
    await operation.locator('.opblock-summary').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation
      .locator('.responses-table.live-responses-table .response-col_status')
      .getByText('200')
      .waitFor({ timeout: 15_000 });
    const shown = await operation.locator('.live-responses-table .response-col_description pre').first().innerText();
    const created = JSON.parse(shown.slice(shown.indexOf('{'), shown.lastIndexOf('}') + 1));

    expect(created.projectKey).toMatch(/^[0-9a-f]{12}$/);
    const { body } = await client.get('/v1/projects');
    expect(body.projects.map((project: { projectKey: string }) => project.projectKey)).toContain(created.projectKey);
    expect(problems).toEqual([]);
  }, 60_000);
});
