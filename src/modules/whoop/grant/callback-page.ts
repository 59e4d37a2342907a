/** What the browser shows when it comes back from WHOOP. */
export const LINKED_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>WHOOP is linked</title>
<meta name="viewport" content="width=device-width">
<body style="font-family: system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem">
<h1>WHOOP is linked</h1>
<p>You can close this page. The first sync fetches the last 90 days; <code>GET /api/whoop/sync/status</code> tells how it went.</p>
</body>
</html>
`;
