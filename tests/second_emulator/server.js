// Starts telegram-test-api on the port that is named, with the least that python-telegram-bot needs beyond it:
// getMe says that it is a bot, a sent message comes back without the call's own parameters and with its date in seconds,
// presses have a chat_instance, an edit answers true, and getUpdates waits a little before it answers.
const TelegramServer = require('telegram-test-api');
const { routes } = require('telegram-test-api/lib/routes');

class Server extends TelegramServer {
  addBotMessage(message, token) {
    const sent = super.addBotMessage(message, token);
    return { message_id: sent.message_id, date: Math.floor(sent.date / 1000), chat: sent.chat, text: sent.text };
  }
}

routes.unshift((app, server) => {
  app.all('/bot:token/getMe', (_request, response) => {
    const result = { id: Number(_request.params.token.split(':')[0]), is_bot: true, first_name: 'Chiedi', username: 'chiedi_test_bot' };
    response.json({ ok: true, result });
  });
  app.all('/bot:token/editMessageText', (request, response) => {
    server.editMessageText(request.body);
    response.json({ ok: true, result: true });
  });
  app.all('/bot:token/getUpdates', (request, response) => {
    setTimeout(() => {
      const result = server.getUpdates(request.params.token);
      result.forEach((update) => update.callback_query && Object.assign(update.callback_query, { chat_instance: '1' }));
      response.json({ ok: true, result });
    }, 50);
  });
});

new Server({ port: Number(process.argv[2]), host: '127.0.0.1' }).start().then(() => console.log('listening'));
