/** How the embedded server is set up, each setting with its reason: one small machine, shared with the hub itself. */

/** @param durable false lets a power cut eat data. For tests only. */
export function serverSettings(port: number, durable: boolean): Record<string, string> {
  return {
    // Reached from this machine only, over TCP: socket paths may not be longer than 107 bytes, folders may.
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',

    // A hub uses 10 to 20 connections, its tools a few more; each costs about 2 MB.
    max_connections: '60',
    // Holds the hot part of the journal and every queue. The rest is the operating system's cache.
    shared_buffers: '128MB',
    effective_cache_size: '512MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    // The default of 18 keeps three extra processes for reading ahead, which data of this size does not need.
    io_method: 'sync',
    // Nobody replicates from or to it.
    max_logical_replication_workers: '0',
    // One report must not take every core from the turns.
    max_parallel_workers_per_gather: '0',
    // The statements are short and many; compiling them costs more than it saves.
    jit: 'off',
    random_page_cost: '1.1',

    // Full pages after a checkpoint are most of the log and compress well. Fewer checkpoints, fewer of them.
    wal_compression: 'on',
    checkpoint_timeout: '15min',
    max_wal_size: '1GB',
    // Queues are tables whose rows die young.
    autovacuum_naptime: '15s',

    // A hub that hangs inside a transaction must not hold its locks for ever, nor one that is gone its query.
    idle_in_transaction_session_timeout: '5min',
    client_connection_check_interval: '10s',

    timezone: 'UTC',
    log_timezone: 'UTC',
    // Starts, stops, crashes. Failed statements go to the hub, which logs them by its own rules: here their values
    // would stand in the clear.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',

    // Several test runs share one server.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', max_connections: '300' }),
  }
}
