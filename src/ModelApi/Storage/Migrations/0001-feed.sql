-- One line for each kind of data that processes tell each other about. Each change takes the next version of its kind, so that
-- versions are committed in their order.
create table feed (
    topic text primary key,
    version bigint not null
);
