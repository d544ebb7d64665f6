// Code for the server's process: `connect(host, port)` gives a plain connection, as the way in force lets a program have
// one.

export const WAYS = ['transparent', 'proxy'] as const;
export type Way = (typeof WAYS)[number];

export const CONNECT: Readonly<Record<Way, string>> = {
  transparent: `
    const net = await load('node:net');
    const connect = (host, port) => net.connect({ host, port, allowHalfOpen: true });
  `,
  proxy: `
    const net = await load('node:net');
    const { once } = await load('node:events');
    const connect = async (host, port) => {
      const socket = net.connect({ host: '127.0.0.1', port: 3128, allowHalfOpen: true });
      socket.write('CONNECT ' + host + ':' + port + ' HTTP/1.1\\r\\n\\r\\n');
      let answer = '';
      while (!answer.endsWith('\\r\\n\\r\\n')) {
        if (socket.readableEnded) throw new Error('ended');
        await Promise.race([once(socket, 'readable'), once(socket, 'end')]);
        for (let byte; !answer.endsWith('\\r\\n\\r\\n') && (byte = socket.read(1)) !== null; ) answer += byte;
      }
      if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(answer);
      return socket;
    };
  `,
};

/** After CONNECT: `greet(host, port)` tells what the far end said first, or why it did not, and how long that took. */
export const GREET = `
  const greet = async (host, port) => {
    const begun = performance.now();
    const text = await new Promise(async (resolve) => {
      try {
        const socket = await connect(host, port);
        socket.setEncoding('latin1');
        socket.on('error', (error) => resolve(error.code));
        socket.on('close', () => resolve('closed'));
        socket.once('data', (text) => { resolve(text); socket.destroy(); });
      } catch (error) {
        resolve(error.message.slice(0, 12));
      }
    });
    return { text, ms: performance.now() - begun };
  };
`;
