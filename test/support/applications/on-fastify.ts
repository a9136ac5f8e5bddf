// Children of the tests inherit it.
process.env['HTTP_ADAPTER'] = 'fastify';
