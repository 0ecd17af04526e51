"""The billing run: what should be asked for, minus what is asked for already. Read, plan, write, in chunks of payers."""
