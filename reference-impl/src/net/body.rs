//! Reply bodies for the HTTP library.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use crate::exchange::ReplyBody;

/// A body on its way out.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// In memory; taken when it was sent.
    Bytes(Option<Bytes>),
    /// Made while it is sent.
    Stream {
        /// How many bytes are still to come.
        left: u64,
        /// The pieces.
        pieces: mpsc::Receiver<io::Result<Bytes>>,
    },
}

impl From<ReplyBody> for Outgoing {
    fn from(body: ReplyBody) -> Self {
        match body {
            ReplyBody::Empty => Self::Bytes(None),
            ReplyBody::Bytes(bytes) => Self::Bytes(Some(bytes).filter(|bytes| !bytes.is_empty())),
            ReplyBody::Stream { length, pieces } => Self::Stream { left: length, pieces },
        }
    }
}

impl Outgoing {
    /// Takes the whole body into memory.
    ///
    /// # Errors
    /// As it would be cut on a connection.
    pub(crate) async fn collect(self) -> io::Result<Bytes> {
        let mut whole = BytesMut::new();
        let mut body = self;
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            if let Ok(piece) = frame?.into_data() {
                whole.extend_from_slice(&piece);
            }
        }
        Ok(whole.freeze())
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Bytes(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Stream { left, pieces } => pieces.poll_recv(context).map(|piece| match piece {
                Some(Ok(bytes)) => {
                    *left = left.saturating_sub(bytes.len() as u64);
                    Some(Ok(Frame::data(bytes)))
                }
                Some(Err(error)) => Some(Err(error)),
                // A body that stops short must not look complete.
                None if *left > 0 => Some(Err(io::ErrorKind::UnexpectedEof.into())),
                None => None,
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Bytes(None) | Self::Stream { left: 0, .. })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Bytes(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            Self::Stream { left, .. } => *left,
        })
    }
}
