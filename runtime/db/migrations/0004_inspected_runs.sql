-- Executed where a debugger is attached: on the author's own machine only.
alter table runs add column inspect boolean not null default false;
